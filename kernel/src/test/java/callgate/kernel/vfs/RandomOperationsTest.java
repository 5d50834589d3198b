package callgate.kernel.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.ErrnoException;
import callgate.kernel.fs.host.HostFs;
import callgate.kernel.fs.overlay.OverlayFs;
import callgate.kernel.wait.HostEntropy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** File systems against each other, and threads against each other. A failure names the seed. */
class RandomOperationsTest {
    private static final int SEEDS = 150;
    private static final int STEPS = 300;

    /** An overlay over what random operations leave behind, and a tmpfs with the same in it. */
    private static Tree overlayOverLeftovers(long seed) {
        return Tree.of(
                frames -> {
                    Tree lower = Tree.of(own -> Tree.newTmpFs(frames, 16 << 20));
                    fill(lower, seed);
                    return new OverlayFs(
                            Tree.CLOCK,
                            DeviceNumber.of(0, 60),
                            List.of(lower.namespace.root().mount().fileSystem()),
                            Tree.newTmpFs(frames, 16 << 20));
                });
    }

    private static void fill(Tree tree, long seed) {
        RandomOperations operations = new RandomOperations(seed);
        for (int i = 0; i < 60; i++) {
            operations.next(true).action().apply(tree);
        }
    }

    @Test
    void anOverlayBehavesAsATmpfs() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try (Tree plain = Tree.tmpfs();
                    Tree overlay = overlayOverLeftovers(seed)) {
                fill(plain, seed);
                assertThat(RandomOperations.dump(overlay))
                        .as("seed %d", seed)
                        .isEqualTo(RandomOperations.dump(plain));
                compare(plain, overlay, seed, true);
            }
        }
    }

    @Test
    void aHostDirectoryBehavesAsATmpfs(@TempDir Path folder) {
        for (long seed = 1; seed <= 8; seed++) {
            Path top = folder.resolve("s" + seed);
            assertThat(top.toFile().mkdir()).isTrue();
            try (Tree plain = Tree.tmpfs();
                    Tree host =
                            Tree.of(
                                    frames -> {
                                        try {
                                            return new HostFs(
                                                    frames,
                                                    Tree.CLOCK,
                                                    new HostEntropy(),
                                                    DeviceNumber.of(0, 61),
                                                    top,
                                                    HostFs.Access.READ_WRITE);
                                        } catch (IOException e) {
                                            throw new UncheckedIOException(e);
                                        }
                                    })) {
                compare(plain, host, seed, false);
            }
        }
    }

    private static void compare(Tree plain, Tree other, long seed, boolean exchanges) {
        RandomOperations operations = new RandomOperations(-seed);
        List<String> history = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            RandomOperations.Operation operation = operations.next(exchanges);
            if (!exchanges && operation.text().startsWith("link")) {
                continue; // links to symbolic links are not made on the host
            }
            history.add(operation.text());
            Object expected = operation.action().apply(plain);
            Object actual = operation.action().apply(other);
            assertThat(actual).as("seed %d step %d: %s", seed, i, history).isEqualTo(expected);
        }
        assertThat(RandomOperations.dump(other))
                .as("seed %d", seed)
                .isEqualTo(RandomOperations.dump(plain));
    }

    @Test
    void threadsNeitherBreakNorBlockEachOther() throws InterruptedException {
        for (Tree tree : List.of(Tree.tmpfs(), overlayOverLeftovers(5))) {
            ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                long seed = t;
                threads.add(Thread.ofPlatform().daemon().start(() -> run(tree, seed, failures)));
            }
            for (Thread thread : threads) {
                assertThat(thread.join(Duration.ofSeconds(60))).as("no deadlock").isTrue();
            }
            assertThat(failures).isEmpty();
            RandomOperations.dump(tree);
            tree.close();
        }
    }

    private static void run(Tree tree, long seed, ConcurrentLinkedQueue<Throwable> failures) {
        RandomOperations operations = new RandomOperations(seed);
        for (int i = 0; i < 5000; i++) {
            try {
                operations.next(true).action().apply(tree);
            } catch (ErrnoException raced) {
                // another thread was faster
            } catch (AssertionError raced) {
                if (raced.getMessage() == null || !raced.getMessage().contains(": E")) {
                    failures.add(raced);
                }
            } catch (RuntimeException failure) {
                failures.add(failure);
            }
        }
    }
}
