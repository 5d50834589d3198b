package callgate.machine.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.machine.MiniSupervisor;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Disassembler;
import callgate.machine.isa.RiscvTools;
import callgate.machine.link.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Random instructions here and on qemu-riscv64, registers, memory and flags compared after every
 * case. System properties: {@code callgate.fuzz.instructions} (how many, default 200,000, in CI
 * 1,000,000; the translator gets half), {@code callgate.fuzz.seed} (default: the day's number, so
 * that every day tries others).
 */
class LockStepFuzzTest {
    private static final int CASE_INSTRUCTIONS = 300;
    private static final int BATCH = 1000;
    private static final long MEMORY_BYTES = 64L << 20;

    private final int instructions =
            Integer.getInteger(
                    "callgate.fuzz.instructions",
                    System.getenv("CI") == null ? 200_000 : 1_000_000);
    private final long seed =
            Long.getLong("callgate.fuzz.seed", System.currentTimeMillis() / 86_400_000);

    @BeforeEach
    void needsQemu() {
        RiscvTools.need(RiscvTools.QEMU);
    }

    @Test
    void interpreterAgreesWithQemu() throws Exception {
        fuzz(Tier.INTERPRET, instructions);
    }

    @Test
    void translatorAgreesWithQemu() throws Exception {
        fuzz(Tier.TRANSLATE, instructions / 2);
    }

    private void fuzz(Tier tier, int count) throws Exception {
        System.out.println(
                "fuzzing " + tier + ": " + count + " instructions, -Dcallgate.fuzz.seed=" + seed);
        CaseGenerator generator = new CaseGenerator(seed);
        for (int done = 0; done < count; ) {
            List<FuzzCase> cases = new ArrayList<>();
            for (; cases.size() < BATCH && done < count; done += CASE_INSTRUCTIONS) {
                cases.add(generator.next(CASE_INSTRUCTIONS));
            }
            check(tier, cases);
        }
    }

    private static void check(Tier tier, List<FuzzCase> cases) throws Exception {
        byte[] elf = FuzzProgram.elf(cases);
        byte[] expected = onQemu(elf);
        assertThat(expected).hasSize(cases.size() * FuzzProgram.RESULT_BYTES);
        int mismatch = Arrays.mismatch(expected, onMachine(tier, elf));
        if (mismatch >= 0) {
            fail(tier, cases.get(mismatch / FuzzProgram.RESULT_BYTES));
        }
    }

    /** Takes fragments away for as long as the results differ, and shows what is left. */
    private static void fail(Tier tier, FuzzCase failing) throws Exception {
        FuzzCase smallest = failing;
        for (int chunk = failing.fragments().size() / 2; chunk > 0; chunk /= 2) {
            for (int i = 0; i + chunk <= smallest.fragments().size(); ) {
                List<Fragment> fewer = new ArrayList<>(smallest.fragments());
                fewer.subList(i, i + chunk).clear();
                FuzzCase candidate = smallest.with(fewer);
                if (differences(tier, candidate).isEmpty()) {
                    i += chunk;
                } else {
                    smallest = candidate;
                }
            }
        }
        List<String> differences = differences(tier, smallest);
        if (differences.isEmpty()) {
            throw new AssertionError("a case differs after others, but not alone, in tier " + tier);
        }
        throw new AssertionError(report(smallest, differences));
    }

    private static List<String> differences(Tier tier, FuzzCase one) throws Exception {
        byte[] elf = FuzzProgram.elf(List.of(one));
        return FuzzProgram.differences(onQemu(elf), onMachine(tier, elf), 0);
    }

    private static String report(FuzzCase smallest, List<String> differences) {
        StringBuilder text = new StringBuilder("differs from qemu-riscv64:\n");
        differences.forEach(line -> text.append("  ").append(line).append('\n'));
        text.append("after\n");
        for (Fragment fragment : smallest.fragments()) {
            for (int encoding : fragment.encodings()) {
                text.append(
                        String.format(
                                "  %08x  %s%n", encoding, Disassembler.disassemble(0, encoding)));
            }
        }
        text.append("from\n");
        for (int i = 0; i < FuzzProgram.REGISTER_WORDS; i++) {
            String name = i < 30 ? "x" + (i + 1) : i < 62 ? "f" + (i - 30) : "fcsr";
            text.append(
                    String.format(
                            "  %s=%016x%s", name, smallest.state()[i], i % 4 == 3 ? "\n" : ""));
        }
        return text.toString();
    }

    private static byte[] onQemu(byte[] elf) throws IOException, InterruptedException {
        Path file =
                Files.createTempFile(
                        "fuzz",
                        ".elf",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
        try {
            Files.write(file, elf);
            Process process =
                    new ProcessBuilder(RiscvTools.QEMU, "-cpu", "rv64", file.toString()).start();
            byte[] output = process.getInputStream().readAllBytes();
            process.waitFor();
            return output;
        } finally {
            Files.delete(file);
        }
    }

    private static byte[] onMachine(Tier tier, byte[] elf) {
        try (MiniSupervisor supervisor = new MiniSupervisor(MEMORY_BYTES);
                Machine machine = Machine.over(supervisor.memory, tier)) {
            Hart hart = supervisor.newHart(supervisor.loadElf(elf));
            hart.code = machine.newCodeSpace();
            Cause cause = machine.run(hart);
            if (!supervisor.exited()) {
                System.out.printf("stopped: %s at %x, tval %x%n", cause, hart.pc, hart.tval);
            }
            return supervisor.output.toByteArray();
        }
    }
}
