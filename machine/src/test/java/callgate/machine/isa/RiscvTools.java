package callgate.machine.isa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Programs of the host that serve as oracles. */
public final class RiscvTools {
    public static final String OBJDUMP = "riscv64-linux-gnu-objdump";
    public static final String QEMU = "qemu-riscv64";

    private RiscvTools() {}

    /** Skips the test if the program is not there; in CI, fails it. */
    public static void need(String program) {
        boolean isThere = false;
        try {
            Process process =
                    new ProcessBuilder(program, "--version").redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            isThere = process.waitFor() == 0;
        } catch (IOException e) {
            // not installed
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (System.getenv("CI") != null) {
            Assertions.assertTrue(isThere, program + " is not installed");
        }
        Assumptions.assumeTrue(isThere, program + " is not installed");
    }

    /**
     * The text objdump gives for each encoding, in order; all are at address 0. Compressed ones are
     * padded.
     */
    public static List<String> objdump(int[] encodings, int sizeBytes, String... options) {
        ByteBuffer bytes =
                ByteBuffer.allocate(encodings.length * sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int encoding : encodings) {
            if (sizeBytes == 2) {
                bytes.putShort((short) encoding);
            } else {
                bytes.putInt(encoding);
            }
        }
        try {
            Path file = Files.createTempFile("encodings", ".bin");
            try {
                Files.write(file, bytes.array());
                List<String> command =
                        new ArrayList<>(List.of(OBJDUMP, "-b", "binary", "-m", "riscv:rv64", "-D"));
                command.addAll(List.of(options));
                command.add(file.toString());
                Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
                return lines(
                        new String(
                                process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // "   4:\tffff8537          \tlui\ta0,0xffff8"
    private static List<String> lines(String output) {
        List<String> texts = new ArrayList<>();
        for (String line : output.split("\n")) {
            String[] columns = line.split("\t", 3);
            if (columns.length == 3 && columns[0].matches("\\s*[0-9a-f]+:")) {
                texts.add(columns[2].replaceAll("\\s+#.*", "").replaceAll(" <.*>", "").strip());
            }
        }
        return texts;
    }
}
