package callgate.machine.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import callgate.machine.hart.Hart;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares every operation with qemu-riscv64, which runs guest/fp-oracle. System properties: {@code
 * callgate.fuzz.fp}, how many operations (default 1,000,000), and {@code callgate.fuzz.seed}.
 */
class SoftFloatOracleTest {
    private static final int BLOCK = 1024;
    private static final int REQUEST_BYTES = 32;
    private static final int ANSWER_BYTES = 16;
    private static final int NX = 1;

    @TempDir Path folder;

    @Test
    void everyOperationGivesWhatQemuGives() throws Exception {
        Path oracle = build();
        long seed = Long.getLong("callgate.fuzz.seed", 20260101);
        long count = Long.getLong("callgate.fuzz.fp", 1_000_000);
        List<FloatOperation> operations = inOrderOf(oracle);
        Process process =
                new ProcessBuilder("qemu-riscv64", "-cpu", "rv64", oracle.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (OutputStream requests = process.getOutputStream();
                InputStream answers = process.getInputStream()) {
            FloatOperands operands = new FloatOperands(seed);
            for (long done = 0; done < count; done += BLOCK) {
                compareBlock(operations, operands, requests, answers, seed);
            }
        } finally {
            process.destroy();
        }
    }

    private static void compareBlock(
            List<FloatOperation> operations,
            FloatOperands operands,
            OutputStream requests,
            InputStream answers,
            long seed)
            throws IOException {
        ByteBuffer asked =
                ByteBuffer.allocate(BLOCK * REQUEST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < BLOCK; i++) {
            int operation = operands.choose(operations.size());
            asked.putInt(operation).putInt(operands.choose(5));
            for (long value : operands.next(operations.get(operation).operands())) {
                asked.putLong(value);
            }
        }
        requests.write(asked.array());
        requests.flush();
        ByteBuffer answered =
                ByteBuffer.wrap(answers.readNBytes(BLOCK * ANSWER_BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(answered.capacity())
                .as("bytes the oracle answers")
                .isEqualTo(BLOCK * ANSWER_BYTES);
        asked.flip();
        while (asked.hasRemaining()) {
            FloatOperation operation = operations.get(asked.getInt());
            int rm = asked.getInt();
            long a = asked.getLong();
            long b = asked.getLong();
            long c = asked.getLong();
            long value = answered.getLong();
            int flags = (int) answered.getLong();
            // With NX raised before, the host's arithmetic does most of the work; without, less of
            // it.
            compare(operation, 0, a, b, c, rm, value, flags, seed);
            compare(operation, NX, a, b, c, rm, value, flags, seed);
        }
    }

    private static void compare(
            FloatOperation operation,
            int raised,
            long a,
            long b,
            long c,
            int rm,
            long value,
            int flags,
            long seed) {
        Hart hart = new Hart(null);
        hart.fflags = raised;
        long actual = operation.tested().apply(hart, a, b, c, rm);
        if (actual != value || hart.fflags != (flags | raised)) {
            throw new AssertionError(
                    String.format(
                            "%s of %016x %016x %016x, rounding mode %d, flags raised before %02x:"
                                    + " expected %016x with flags %02x, got %016x with %02x (seed %d)",
                            operation.mnemonic(),
                            a,
                            b,
                            c,
                            rm,
                            raised,
                            value,
                            flags | raised,
                            actual,
                            hart.fflags,
                            seed));
        }
    }

    private Path build() throws Exception {
        Path source = sourceFolder().resolve("oracle.c");
        Path oracle = folder.resolve("oracle");
        run(
                List.of(
                        "riscv64-linux-gnu-gcc",
                        "-O1",
                        "-static",
                        "-o",
                        oracle.toString(),
                        source.toString()));
        return oracle;
    }

    private static Path sourceFolder() {
        Path inModule = Path.of("..", "guest", "fp-oracle");
        return Files.isDirectory(inModule) ? inModule : Path.of("guest", "fp-oracle");
    }

    private static List<FloatOperation> inOrderOf(Path oracle) throws Exception {
        Map<String, FloatOperation> byName =
                FloatOperation.all().stream()
                        .collect(Collectors.toMap(FloatOperation::mnemonic, Function.identity()));
        List<String> names =
                run(List.of("qemu-riscv64", "-cpu", "rv64", oracle.toString(), "names"))
                        .lines()
                        .toList();
        assertThat(names).containsExactlyInAnyOrderElementsOf(byName.keySet());
        return names.stream().map(byName::get).toList();
    }

    private static String run(List<String> command) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException absent) {
            if ("true".equals(System.getenv("CI"))) {
                throw absent;
            }
            return abort(command.get(0) + " is not installed");
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("exit status of %s:%n%s", command, output).isZero();
        return output;
    }
}
