package callgate.machine.jit;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.machine.MiniSupervisor;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;
import callgate.machine.link.Machine;
import callgate.machine.memory.PhysMem;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a run of guest code left: why it ended and where, all integer registers, and a checksum of
 * each page of its data.
 *
 * @param tval of a fault; 0 if it ended at a breakpoint
 */
record LoopOutcome(Cause cause, long pc, long tval, List<Long> registers, List<Long> pages) {
    /** Runs a hart to its next trap. */
    static LoopOutcome of(
            MiniSupervisor supervisor, Machine machine, Hart hart, long data, int pages) {
        hart.code = machine.newCodeSpace();
        Cause cause = machine.run(hart);
        hart.code.close();
        return new LoopOutcome(
                cause,
                hart.pc,
                cause == Cause.BREAKPOINT ? 0 : hart.tval,
                Arrays.stream(hart.x, 0, 32).boxed().collect(Collectors.toList()),
                IntStream.range(0, pages)
                        .mapToObj(i -> data + ((long) i << PhysMem.PAGE_SHIFT))
                        .map(page -> checksum(supervisor.host(page)))
                        .collect(Collectors.toList()));
    }

    private static long checksum(long page) {
        long sum = 0;
        for (int i = 0; i < PhysMem.PAGE_SIZE; i += 8) {
            sum = 31 * sum + RAW.getLong(page + i);
        }
        return sum;
    }
}
