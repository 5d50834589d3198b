package callgate.kernel.ipc;

import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.vfs.AnonymousFs;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.ControllingTerminal;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.HostClock;
import callgate.kernel.wait.HostScheduler;
import callgate.kernel.wait.Waiter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** A scheduler with callers on threads of their own, and what they make files with. */
public final class TestWorld implements AutoCloseable {
    public final Clock clock = new HostClock();
    public final HostScheduler scheduler = new HostScheduler(clock, 4);
    public final HeapBudget budget = new HeapBudget(64 << 20);
    public final Ipc ipc =
            new Ipc(
                    scheduler,
                    new AnonymousFs(clock, 10, "pipefs"),
                    new AnonymousFs(clock, 11, "anon_inodefs"),
                    budget);

    /** For calls that do not block. */
    public final TestCaller main = new TestCaller();

    /** A call under way on its own thread. */
    public final class Running<T> {
        public final TestCaller caller = new TestCaller();
        private final CompletableFuture<T> result = new CompletableFuture<>();

        Running(Function<TestCaller, T> body) {
            scheduler.start(
                    "test",
                    caller.waiter,
                    () -> {
                        try {
                            result.complete(body.apply(caller));
                        } catch (Throwable e) {
                            result.completeExceptionally(e);
                        }
                    });
        }

        public T get() {
            try {
                return result.get(10, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        public boolean isDone() {
            return result.isDone();
        }

        /** Waits until the call blocks: its thread is parked, and still is a moment later. */
        public Running<T> blocked() {
            for (int parked = 0; parked < 2; parked = caller.waiter.isWaiting() ? parked + 1 : 0) {
                try {
                    result.get(10, TimeUnit.MILLISECONDS);
                    throw new AssertionError("did not block: " + result.join());
                } catch (TimeoutException stillRunning) {
                    continue;
                } catch (InterruptedException | ExecutionException e) {
                    throw new AssertionError(e);
                }
            }
            return this;
        }
    }

    public <T> Running<T> start(Function<TestCaller, T> body) {
        return new Running<>(body);
    }

    public static HeapBuffer text(String text) {
        return new HeapBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What a read gives, as text; or {@code "-11"} and the like. */
    public static String read(Caller caller, OpenFile file, int limit) {
        byte[] bytes = new byte[limit];
        long result = file.read(caller, new HeapBuffer(bytes));
        return result < 0
                ? Long.toString(result)
                : new String(bytes, 0, (int) result, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        scheduler.close();
    }

    /** A caller without a process. */
    public final class TestCaller implements Caller {
        public Credentials credentials = Credentials.of(0, 0);
        public int pid = 77;
        public final List<Integer> signals = Collections.synchronizedList(new ArrayList<>());
        private final Waiter waiter = scheduler.newWaiter();

        @Override
        public Credentials credentials() {
            return credentials;
        }

        @Override
        public Waiter waiter() {
            return waiter;
        }

        @Override
        public UserMemory memory() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Clock clock() {
            return clock;
        }

        @Override
        public int processId() {
            return pid;
        }

        @Override
        public long fileSizeLimit() {
            return Long.MAX_VALUE;
        }

        @Override
        public void signalSelf(int signal) {
            signals.add(signal);
        }

        @Override
        public void signalOwnGroup(int signal) {}

        @Override
        public int sessionId() {
            return 1;
        }

        @Override
        public int groupId() {
            return 1;
        }

        @Override
        public ControllingTerminal terminal() {
            return null;
        }

        @Override
        public void setTerminal(ControllingTerminal terminal) {}

        @Override
        public boolean ignoresOrBlocks(int signal) {
            return false;
        }

        @Override
        public boolean isGroupOrphaned() {
            return false;
        }
    }
}
