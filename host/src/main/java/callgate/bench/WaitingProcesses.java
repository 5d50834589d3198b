package callgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The memory of the host's processes that wait for input. */
final class WaitingProcesses {
    private static final int COUNT = 10;

    /** Until they wait. */
    private static final long SETTLING_MILLIS = 1000;

    private WaitingProcesses() {}

    /**
     * Bytes of memory of one of several processes of a command, with all that it starts: its own
     * pages, and its part of those that it shares (PSS). The host's kernel needs more, which nobody
     * counts.
     *
     * @throws IOException if the command cannot be run, or the host does not tell
     */
    static double bytesEach(List<String> command, Path folder)
            throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        try {
            for (int i = 0; i < COUNT; i++) {
                processes.add(
                        new ProcessBuilder(command)
                                .directory(folder.toFile())
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .redirectError(ProcessBuilder.Redirect.DISCARD)
                                .start());
            }
            Thread.sleep(SETTLING_MILLIS);
            long sum = 0;
            for (Process process : processes) {
                if (!process.isAlive()) {
                    throw new IOException(command.getFirst() + " did not wait for input");
                }
                sum += proportionalBytes(process.pid());
                for (ProcessHandle child : process.descendants().toList()) {
                    sum += proportionalBytes(child.pid());
                }
            }
            return (double) sum / COUNT;
        } finally {
            for (Process process : processes) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    private static long proportionalBytes(long pid) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                            .findFirst()
                            .orElseThrow(() -> new IOException("the host tells no Pss"))
                    << 10;
        }
    }
}
