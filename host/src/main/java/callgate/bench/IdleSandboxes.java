package callgate.bench;

import callgate.Running;
import callgate.Sandbox;
import callgate.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * Measures what a sandbox costs the host in which a shell waits for input, when many share one JVM.
 * For a JVM of its own whose heap is all resident from the start ({@link #JVM_OPTIONS}): whatever
 * becomes resident is not of the heap then, and what the heap holds is added.
 */
public final class IdleSandboxes {
    /** What the measuring JVM must be started with. */
    public static final String JVM_OPTIONS = "-Xms1g -Xmx1g -XX:+AlwaysPreTouch";

    /** These come first: the JVM loads and compiles what all sandboxes share. */
    private static final int WARM_UP = 5;

    private static final int COLLECTIONS = 3;

    /** Until the shells wait, and threads of what started them have ended. */
    private static final long SETTLING_MILLIS = 7000;

    private final String image;
    private final List<Sandbox> sandboxes = new ArrayList<>();
    private final List<Running> shells = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);

    private IdleSandboxes(String image) {
        this.image = image;
    }

    /**
     * Starts {@code count} sandboxes and prints a line as the programs of {@code guest/bench} do:
     * bytes of the host a sandbox, the guest's own memory among them, and how much the latter is.
     *
     * @throws IOException if the host does not tell what is resident
     */
    public static void measure(String image, int count, PrintWriter out)
            throws IOException, InterruptedException {
        IdleSandboxes idle = new IdleSandboxes(image);
        try {
            for (int i = 0; i < WARM_UP; i++) {
                idle.add();
            }
            long before = usedBytes();
            long heapBefore = heapBytes();
            long pagesBefore = idle.guestBytes();
            for (int i = 0; i < count; i++) {
                idle.add();
            }
            long after = usedBytes();
            out.printf(
                    "idle bytes %d pages %d heap %d%n",
                    (after - before) / count,
                    (idle.guestBytes() - pagesBefore) / count,
                    (heapBytes() - heapBefore) / count);
            out.flush();
        } finally {
            if (Boolean.getBoolean("hold")) Thread.sleep(30000);
            idle.end.countDown();
            idle.sandboxes.forEach(Sandbox::close);
        }
    }

    private void add() {
        Sandbox sandbox = Sandbox.builder().image(image).build();
        sandboxes.add(sandbox);
        shells.add(sandbox.command("sh").stdin(new Silence(end)).start());
    }

    private long guestBytes() {
        return sandboxes.stream().map(Sandbox::usage).mapToLong(Usage::memoryBytes).sum();
    }

    private static long usedBytes() throws IOException, InterruptedException {
        Thread.sleep(SETTLING_MILLIS);
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(100); // cleaners
        }
        return residentBytes() + heapBytes();
    }

    private static long heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static long residentBytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                            .findFirst()
                            .orElseThrow(() -> new IOException("the host tells no VmRSS"))
                    << 10;
        }
    }

    /** Input that does not come, until all ends. */
    private static final class Silence extends InputStream {
        private final CountDownLatch end;

        Silence(CountDownLatch end) {
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return -1;
        }
    }
}
