package callgate.machine;

import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.link.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code RunElf TIER FILE ARG...}: runs a static program on the machine alone, for speed checks;
 * its output comes when it has ended.
 */
public final class RunElf {
    private static final long MEMORY_BYTES = 512L << 20;
    private static final long STACK_BYTES = 16L << 20;

    private RunElf() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Tier tier = Tier.valueOf(arguments[0]);
        byte[] file = Files.readAllBytes(Path.of(arguments[1]));
        String[] guestArguments = java.util.Arrays.copyOfRange(arguments, 1, arguments.length);
        Thread thread =
                new Thread(null, () -> run(tier, file, guestArguments), "hart", STACK_BYTES);
        thread.start();
        thread.join();
    }

    private static void run(Tier tier, byte[] file, String[] arguments) {
        try (MiniSupervisor supervisor = new MiniSupervisor(MEMORY_BYTES);
                Machine machine = Machine.over(supervisor.memory, tier)) {
            Hart hart = supervisor.newHart(supervisor.loadElf(file));
            supervisor.passArguments(hart, arguments);
            hart.code = machine.newCodeSpace();
            Cause cause = machine.run(hart);
            System.out.print(supervisor.output);
            if (!supervisor.exited()) {
                System.err.printf(
                        "stopped by %s at pc 0x%x, tval 0x%x%n", cause, hart.pc, hart.tval);
            }
        }
    }
}
