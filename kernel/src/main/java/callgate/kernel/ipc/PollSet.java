package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.wait.WaitQueue;
import callgate.kernel.wait.Waiter;

/**
 * Several files of which a task waits for one to become ready: {@code poll} and {@code select}.
 * Used by one thread; holds a reference to each file until closed.
 */
public final class PollSet implements AutoCloseable {
    /** What a file takes of the host's heap while its task waits. */
    private static final int FILE_BYTES = 96;

    private final HeapBudget budget;
    private final OpenFile[] files;
    private final int[] wanted;
    private final int[] ready;
    private int count;

    /**
     * A set of at most {@code capacity} files.
     *
     * @throws ErrnoException ENOMEM if the budget does not allow it
     */
    public PollSet(int capacity, HeapBudget budget) {
        if (!budget.take((long) capacity * FILE_BYTES)) {
            throw new ErrnoException(Errno.ENOMEM);
        }
        this.budget = budget;
        files = new OpenFile[capacity];
        wanted = new int[capacity];
        ready = new int[capacity];
    }

    /**
     * Adds a file, taking over the caller's reference; null for one that is never ready. @param
     * events exactly those waited for
     */
    public void add(OpenFile file, int events) {
        files[count] = file;
        wanted[count] = events;
        count++;
    }

    /** Adds something that is always ready with {@code events}: a descriptor that is not open. */
    public void addReady(int events) {
        ready[count] = events;
        count++;
    }

    /** What was found of the {@code index}th. */
    public int ready(int index) {
        return ready[index];
    }

    /**
     * Waits until something is ready.
     *
     * @param deadlineNanos of the monotonic clock; a time that is over only looks
     * @return how many are ready, 0 at the deadline, {@code -ERESTARTNOHAND} if interrupted
     */
    public long await(Waiter waiter, long deadlineNanos) {
        int found = look();
        if (found > 0 || deadlineNanos == Long.MIN_VALUE) {
            return found;
        }
        WaitQueue.Entry[] entries = new WaitQueue.Entry[count];
        try {
            for (int i = 0; i < count; i++) {
                WaitQueue queue = files[i] == null ? null : files[i].waitQueue();
                entries[i] = queue == null ? null : queue.add(waiter, wanted[i]);
            }
            return awaitListening(waiter, deadlineNanos);
        } finally {
            for (WaitQueue.Entry entry : entries) {
                if (entry != null) {
                    entry.close();
                }
            }
        }
    }

    private long awaitListening(Waiter waiter, long deadlineNanos) {
        while (true) {
            waiter.prepare();
            int found = look();
            if (found > 0) {
                return found;
            }
            switch (waiter.await(deadlineNanos)) {
                case WOKEN -> {}
                case INTERRUPTED -> {
                    return -Errno.ERESTARTNOHAND;
                }
                case TIMED_OUT -> {
                    return 0;
                }
            }
        }
    }

    private int look() {
        int found = 0;
        for (int i = 0; i < count; i++) {
            if (files[i] != null) {
                ready[i] = files[i].poll() & wanted[i];
            }
            found += ready[i] != 0 ? 1 : 0;
        }
        return found;
    }

    @Override
    public void close() {
        budget.give((long) files.length * FILE_BYTES);
        for (int i = 0; i < count; i++) {
            if (files[i] != null) {
                files[i].release();
                files[i] = null;
            }
        }
    }
}
