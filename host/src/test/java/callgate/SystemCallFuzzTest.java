package callgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * System calls by chance from several processes and threads at a time (guest/programs/sysfuzz.c),
 * against a small sandbox with host directories. {@code -Dcallgate.fuzz.syscalls.seed} repeats a
 * run, as far as threads allow; {@code -Dcallgate.fuzz.syscalls.rounds} makes it longer.
 */
class SystemCallFuzzTest {
    private static final long SEED =
            Long.getLong("callgate.fuzz.syscalls.seed", System.nanoTime() >>> 20);
    private static final int ROUNDS = Integer.getInteger("callgate.fuzz.syscalls.rounds", 4);
    private static final int SANDBOXES = 3;
    private static final int ROUND_MILLIS = 1500;
    private static final long SLOWEST_ROUND_SECONDS = 15; // on a busy machine
    private static final long SLOWEST_CLOSE_SECONDS = 20;

    @TempDir Path host;

    private final StringBuffer log = new StringBuffer(); // from several threads

    @Test
    void callsByChanceNeitherDisturbTheKernelNorReachTheHost() throws IOException {
        prepareHost();
        Map<String, String> before = picture();
        for (long seed = SEED; seed < SEED + (long) SANDBOXES * ROUNDS; seed += ROUNDS) {
            System.out.println("SystemCallFuzzTest: seed " + seed + ", " + ROUNDS + " rounds");
            String repeat = "-Dcallgate.fuzz.syscalls.seed=" + seed;
            runOnce(seed, repeat);
            assertThat(picture())
                    .as("the host outside of the read-write mount, %s", repeat)
                    .isEqualTo(before);
        }
    }

    private void runOnce(long seed, String repeat) {
        Sandbox sandbox =
                Sandbox.builder()
                        .image("builtin")
                        .memory("64m")
                        .pids(40)
                        .cpus(4)
                        .mount(host.resolve("rw"), "/rw", Access.READ_WRITE)
                        .mount(host.resolve("ro"), "/ro", Access.READ_ONLY)
                        .log(line -> log.append(line).append('\n'))
                        .build();
        try {
            Result result =
                    within(
                            ROUNDS * SLOWEST_ROUND_SECONDS,
                            "the rounds",
                            repeat,
                            () -> {
                                return sandbox.run(
                                        "sysfuzz", "" + seed, "" + ROUNDS, "" + ROUND_MILLIS);
                            });
            assertNoFault(repeat);
            assertThat(result.text())
                    .as("%s: %s%n%s", repeat, result, log)
                    .contains("sysfuzz: " + ROUNDS + " rounds");
            String text =
                    within(
                            SLOWEST_ROUND_SECONDS,
                            "a program afterwards",
                            repeat,
                            () -> sandbox.run("hello").text());
            assertThat(text).as("%s%n%s", repeat, log).isEqualTo("Hello, world!\n");
        } finally {
            within(
                    SLOWEST_CLOSE_SECONDS,
                    "closing",
                    repeat,
                    () -> {
                        sandbox.close();
                        return null;
                    });
        }
        assertNoFault(repeat);
        assertThat(sandbox.kernel().tasks()).as("tasks left, %s", repeat).isZero();
    }

    private void assertNoFault(String repeat) {
        assertThat(log.toString())
                .as(repeat)
                .doesNotContain("kernel fault")
                .doesNotContain("memory is exhausted")
                .doesNotContain("Exception");
    }

    /** Fails, with what all threads do, when the action does not end in time. */
    private static <T> T within(long seconds, String what, String repeat, Callable<T> action) {
        FutureTask<T> task = new FutureTask<>(action);
        Thread.ofPlatform().daemon().name("fuzz: " + what).start(task);
        try {
            return task.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            return fail("%s took more than %d s, %s%n%s", what, seconds, repeat, threads());
        } catch (ExecutionException failed) {
            return fail(what + ", " + repeat, failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return fail("interrupted", interrupted);
        }
    }

    private static String threads() {
        StringBuilder text = new StringBuilder();
        Thread.getAllStackTraces()
                .forEach(
                        (thread, frames) -> {
                            text.append(thread.getName())
                                    .append(' ')
                                    .append(thread.getState())
                                    .append('\n');
                            for (StackTraceElement frame : frames) {
                                text.append("    ").append(frame).append('\n');
                            }
                        });
        return text.toString();
    }

    // ---- the host ----

    private void prepareHost() throws IOException {
        Path readWrite = Files.createDirectory(host.resolve("rw"));
        Path readOnly = Files.createDirectory(host.resolve("ro"));
        Path outside = Files.createDirectory(host.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "host secret");
        Files.writeString(host.resolve("secret"), "host secret");
        Files.writeString(readOnly.resolve("file"), "read only".repeat(1000));
        Files.createDirectory(readOnly.resolve("dir"));
        Files.createSymbolicLink(readWrite.resolve("out"), Path.of("../outside"));
        Files.createSymbolicLink(readWrite.resolve("abs"), outside.resolve("secret"));
        Files.createSymbolicLink(readWrite.resolve("up"), Path.of(".."));
        Files.createSymbolicLink(readOnly.resolve("out"), Path.of("../outside/secret"));
    }

    /** Every file outside of the read-write mount with its kind, permissions, size and time. */
    private Map<String, String> picture() throws IOException {
        Map<String, String> found = new TreeMap<>();
        List<Path> paths = new ArrayList<>();
        assertThatCode(
                        () -> {
                            try (Stream<Path> all = Files.walk(host)) {
                                all.filter(path -> !path.startsWith(host.resolve("rw")))
                                        .forEach(paths::add);
                            }
                        })
                .doesNotThrowAnyException();
        for (Path path : paths) {
            Map<String, Object> attributes =
                    Files.readAttributes(
                            path, "unix:mode,uid,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
            found.put(host.relativize(path).toString(), new TreeMap<>(attributes).toString());
        }
        return found;
    }
}
