package callgate;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.Kernel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Guests that try to take the host down: each fails by itself or is ended, and the JVM goes on. */
class HostileGuestTest {
    private static final int SIGKILL = 9;

    private static Sandbox.Builder builtin() {
        return Sandbox.builder().image("builtin").memory("256m");
    }

    /** The JVM still works: a new sandbox runs a program. */
    private static void assertAlive() {
        try (Sandbox sandbox = builtin().build()) {
            assertThat(sandbox.run("hello").text()).isEqualTo("Hello, world!\n");
        }
    }

    @Test
    void aForkBombIsStoppedByTheTaskLimit() throws InterruptedException {
        try (Sandbox sandbox = builtin().pids(32).timeout(Duration.ofSeconds(20)).build()) {
            Result bomb = sandbox.command("forkbomb").timeout(Duration.ofSeconds(2)).run();
            assertThat(bomb.timedOut()).isTrue();
            assertThat(sandbox.kernel().peakTasks()).isLessThanOrEqualTo(32);
            for (int i = 0; i < 100 && sandbox.kernel().tasks() > 0; i++) {
                Thread.sleep(20);
            }
            assertThat(sandbox.kernel().tasks()).as("its children are gone too").isZero();
            assertThat(sandbox.run("hello").succeeded()).isTrue();
        }
        assertAlive();
    }

    @Test
    void aMemoryBombIsStoppedByTheMemoryLimit() {
        try (Sandbox sandbox = builtin().memory("64m").timeout(Duration.ofSeconds(60)).build()) {
            Result bomb = sandbox.run("membomb");
            assertThat(bomb.timedOut()).as("%s%s", bomb.text(), bomb.errorText()).isFalse();
            assertThat(bomb.succeeded()).isFalse();
            assertThat(sandbox.run("hello").text())
                    .as("the sandbox goes on")
                    .isEqualTo("Hello, world!\n");
        }
        assertAlive();
    }

    @Test
    void aBusyLoopIsKilledWhenItsTimeIsOver() {
        try (Sandbox sandbox = builtin().build()) {
            Result spin = sandbox.command("spin").timeout(Duration.ofMillis(500)).run();
            assertThat(spin.timedOut()).isTrue();
            assertThat(spin.signal()).isEqualTo(SIGKILL);
            assertThat(sandbox.run("hello").succeeded()).isTrue();
        }
    }

    @Test
    void closingASandboxEndsWhateverRunsInIt() throws InterruptedException {
        Kernel kernel;
        Running running;
        try (Sandbox sandbox = builtin().build()) {
            running = sandbox.command("spin").start();
            kernel = sandbox.kernel();
        }
        assertThat(running.waitFor().signal()).isEqualTo(SIGKILL);
        assertThat(kernel.tasks()).isZero();
    }

    @Test
    void outputWithoutEndToAClosedPipeEndsTheProgramBySigpipe() {
        OutputStream closed =
                new OutputStream() {
                    private long taken;

                    @Override
                    public void write(int b) throws IOException {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] from, int offset, int length) throws IOException {
                        taken += length;
                        if (taken > 1 << 20) {
                            throw new IOException("Broken pipe");
                        }
                    }
                };
        try (Sandbox sandbox = builtin().timeout(Duration.ofSeconds(60)).build()) {
            Result yes = sandbox.command("yes").stdout(closed).run();
            assertThat(yes.timedOut()).isFalse();
            assertThat(yes.signal()).isEqualTo(13);
        }
    }

    /** A host that takes no output for as long as it lives. */
    private static final class Blocked extends OutputStream {
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch released = new CountDownLatch(1);

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            reached.countDown();
            boolean done = false;
            while (!done) {
                try {
                    released.await();
                    done = true;
                } catch (InterruptedException e) {
                    // as a write to a pipe of the host: nothing ends it
                }
            }
        }
    }

    @Test
    @Timeout(30)
    void aProgramWhoseOutputTheHostDoesNotTakeIsKilledAtOnce() throws InterruptedException {
        Blocked blocked = new Blocked();
        try (Sandbox sandbox = builtin().build()) {
            Running killed = sandbox.command("yes").stdout(blocked).start();
            blocked.reached.await();
            killed.kill();
            assertThat(killed.waitFor().signal()).isEqualTo(SIGKILL);
            Result late =
                    sandbox.command("yes").stdout(blocked).timeout(Duration.ofMillis(200)).run();
            assertThat(late.timedOut()).isTrue();
            Running interrupted = sandbox.command("yes").stdout(new Blocked()).start();
            interrupted.signal(15);
            assertThat(interrupted.waitFor().signal()).isEqualTo(15);
        }
        blocked.released.countDown();
    }

    @Test
    @Timeout(30)
    void aSandboxWhoseOutputTheHostDoesNotTakeClosesAtOnce() throws InterruptedException {
        Blocked blocked = new Blocked();
        Running running;
        Running ended;
        try (Sandbox sandbox = builtin().build()) {
            running = sandbox.command("yes").stdout(blocked).start();
            ended = sandbox.command("hello").stdout(blocked).start();
            blocked.reached.await();
        }
        assertThat(running.waitFor().signal()).isEqualTo(SIGKILL);
        assertThat(ended.waitFor()).isNotNull();
        blocked.released.countDown();
    }

    @Test
    void aCrashEndsTheProgramBySignalAndNothingElse() {
        Map<String, Integer> signals =
                Map.of("segv", 11, "exec", 11, "ill", 4, "trap", 5, "abort", 6, "stack", 11);
        try (Sandbox sandbox = builtin().timeout(Duration.ofSeconds(60)).build()) {
            signals.forEach(
                    (kind, signal) ->
                            assertThat(sandbox.run("crash", kind).signal())
                                    .as(kind)
                                    .isEqualTo(signal));
            assertThat(sandbox.run("hello").succeeded()).isTrue();
        }
    }

    @Test
    void aMountCannotBeLeftByDotsOrLinks(@TempDir Path host) throws IOException {
        Files.writeString(host.resolve("secret"), "host secret");
        Path shared = Files.createDirectory(host.resolve("shared"));
        Files.createSymbolicLink(shared.resolve("out"), host.resolve("secret"));
        Files.createSymbolicLink(shared.resolve("up"), Path.of("../secret"));
        try (Sandbox sandbox = builtin().mount(shared, "/mnt", Access.READ_WRITE).build()) {
            for (String path :
                    new String[] {
                        "/mnt/../secret", "/mnt/out", "/mnt/up", "/mnt/../../" + host + "/secret"
                    }) {
                Result cat = sandbox.run("cat", path);
                assertThat(cat.succeeded()).as(path).isFalse();
                assertThat(cat.text()).as(path).doesNotContain("host secret");
            }
        }
    }

    @Test
    void aReadOnlyMountStaysAsItIs(@TempDir Path host) throws IOException {
        Files.writeString(host.resolve("file"), "kept");
        try (Sandbox sandbox = builtin().mount(host, "/mnt", Access.READ_ONLY).build()) {
            sandbox.run("msh", "-c", "echo changed > /mnt/file");
            sandbox.run("rm", "/mnt/file");
            sandbox.run("mkdir", "/mnt/new");
            sandbox.run("mv", "/mnt/file", "/mnt/other");
        }
        assertThat(host.resolve("file")).hasContent("kept");
        assertThat(host)
                .isDirectoryContaining(path -> path.endsWith("file"))
                .isDirectoryNotContaining(path -> path.endsWith("new"));
    }

    @Test
    void senselessSystemCallsDoNotDisturbTheKernel() {
        StringBuffer log = new StringBuffer(); // from several threads
        try (Sandbox sandbox =
                builtin().log(log::append).timeout(Duration.ofSeconds(100)).build()) {
            long seed = System.nanoTime() >>> 1;
            Result result = sandbox.command("fuzz", Long.toString(seed), "20").run();
            assertThat(log.toString()).as("seed %d", seed).doesNotContain("kernel fault");
            assertThat(result.timedOut()).as("seed %d", seed).isFalse();
        }
        assertAlive();
    }

    @Test
    void sandboxesLeaveNoThreadsAndNoDescriptorsBehind() throws Exception {
        assertAlive();
        int threads = Thread.activeCount();
        long descriptors = openDescriptors();
        for (int i = 0; i < 5; i++) {
            try (Sandbox sandbox = builtin().build()) {
                sandbox.run("msh", "-c", "ls / | wc; hello");
            }
        }
        for (int i = 0;
                i < 100 && (Thread.activeCount() > threads || openDescriptors() > descriptors);
                i++) {
            Thread.sleep(50);
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
        assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors);
    }

    /** Descriptors of this JVM, where the host tells; else 0. */
    private static long openDescriptors() throws IOException {
        Path folder = Path.of("/proc/self/fd");
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.count();
        }
    }

    /** What is charged for a descriptor, a signal or a socket must come back, however it ends. */
    @Test
    void endedProgramsGiveBackWhatTheyTookOfTheHeap() throws InterruptedException {
        String tests = "src/test/resources/callgate/guest-tests.tar";
        try (Sandbox sandbox = Sandbox.builder().image(tests).memory("512m").build()) {
            Kernel kernel = sandbox.kernel();
            Map<String, Long> left = new TreeMap<>();
            for (String name :
                    List.of(
                            "ipc/epoll",
                            "ipc/events",
                            "ipc/pair",
                            "ipc/pipe",
                            "ipc/poll",
                            "ipc/rights",
                            "ipc/shm",
                            "ipc/unix",
                            "net/diag",
                            "net/random",
                            "net/tcp",
                            "net/udp",
                            "files/copy",
                            "files/dup",
                            "files/locks",
                            "misc/limits",
                            "misc/proc",
                            "paths/xattr",
                            "processes/many",
                            "signals/timers",
                            "threads/basics",
                            "tty/pairs")) {
                sandbox.run("/tests/guest-tests", name); // names are cached now
                Thread.sleep(50);
                long before = kernel.usedHeapBytes();
                sandbox.run("/tests/guest-tests", name);
                long after = kernel.usedHeapBytes();
                for (int i = 0; i < 50 && after > before; i++) {
                    Thread.sleep(20);
                    after = kernel.usedHeapBytes();
                }
                if (after > before) {
                    left.put(name, after - before);
                }
            }
            assertThat(left).isEmpty();
        }
    }

    @Test
    void endedProgramsGiveTheirMemoryAndTasksBack() throws InterruptedException {
        try (Sandbox sandbox = builtin().build()) {
            String work = "cat /bench/bench > /tmp/copy; wc /tmp/copy; rm /tmp/copy; ls /bin | wc";
            sandbox.run("msh", "-c", work);
            int frames = settledFrames(sandbox.kernel());
            for (int i = 0; i < 20; i++) {
                sandbox.run("msh", "-c", work);
            }
            sandbox.run("crash", "segv");
            sandbox.command("spin").timeout(Duration.ofMillis(100)).run();
            assertThat(settledFrames(sandbox.kernel()))
                    .as("frames in use")
                    .isLessThanOrEqualTo(frames + 64); // pages of programs not run before
            assertThat(sandbox.kernel().tasks()).isZero();
        }
    }

    private static int settledFrames(Kernel kernel) throws InterruptedException {
        for (int i = 0; i < 100 && kernel.tasks() > 0; i++) {
            Thread.sleep(20);
        }
        return kernel.usedFrames();
    }
}
