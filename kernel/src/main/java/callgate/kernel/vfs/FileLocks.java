package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.WaitQueue;
import java.util.ArrayList;
import java.util.List;

/**
 * The locks on one file: flock(2), and byte ranges of processes and of open file descriptions
 * (fcntl(2)). Thread-safe.
 *
 * <p>An owner is an {@link OpenFile} for flock and for open file description locks, a {@link
 * FileTable} for process locks; owners are compared by identity. The two families, flock and
 * ranges, don't see each other.
 */
public final class FileLocks {
    /** What a lock keeps others from. */
    public enum Kind {
        SHARED,
        EXCLUSIVE
    }

    /** Whether to wait for a lock that others hold. */
    public enum Waiting {
        NO,
        YES
    }

    /** Range locks on one file at most: each is looked at by every other. */
    private static final int LIMIT = 16_384;

    /** What one range lock costs. */
    private static final int RANGE_BYTES = 96;

    /** How many owners a chain of waiters is followed through. */
    private static final int DEADLOCK_DEPTH = 64;

    /**
     * A lock on bytes {@code first} to {@code last}, both included.
     *
     * @param processId who is told to F_GETLK; -1 for a lock of an open file description
     */
    public record Range(Object owner, int processId, Kind kind, long first, long last) {
        private boolean overlaps(Range other) {
            return first <= other.last && other.first <= last;
        }

        private boolean conflicts(Range other) {
            return owner != other.owner
                    && overlaps(other)
                    && (kind == Kind.EXCLUSIVE || other.kind == Kind.EXCLUSIVE);
        }

        private Range with(long newFirst, long newLast) {
            return new Range(owner, processId, kind, newFirst, newLast);
        }
    }

    private record Whole(Object owner, Kind kind) {}

    private final HeapBudget budget;
    private final List<Whole> wholes = new ArrayList<>();
    private final List<Range> ranges = new ArrayList<>();
    private final WaitQueue queue = new WaitQueue();

    /**
     * @param budget what range locks are counted against
     */
    public FileLocks(HeapBudget budget) {
        this.budget = budget;
    }

    // ---- flock ----

    /**
     * Takes, or changes to, a lock on the whole file; EWOULDBLOCK, or ERESTARTSYS if interrupted.
     */
    public long lockWhole(Caller caller, Object owner, Kind kind, Waiting waiting) {
        long result = tryLockWhole(owner, kind);
        if (result != -Errno.EAGAIN || waiting == Waiting.NO) {
            return result;
        }
        return caller.waiter().retry(queue, -1, Scheduler.NEVER, () -> tryLockWhole(owner, kind));
    }

    private long tryLockWhole(Object owner, Kind kind) {
        boolean freed;
        synchronized (this) {
            // a change of kind gives up the old lock first, as Linux does: flock(2), NOTES
            freed = wholes.removeIf(lock -> lock.owner == owner && lock.kind != kind);
            boolean blocked = false;
            for (Whole lock : wholes) {
                if (lock.owner == owner) {
                    return 0;
                }
                blocked |= kind == Kind.EXCLUSIVE || lock.kind == Kind.EXCLUSIVE;
            }
            if (!blocked) {
                wholes.add(new Whole(owner, kind));
                if (!freed) {
                    return 0;
                }
            } else if (!freed) {
                return -Errno.EAGAIN;
            }
            freed = blocked;
        }
        queue.wakeAll();
        return freed ? -Errno.EAGAIN : 0;
    }

    public void unlockWhole(Object owner) {
        boolean freed;
        synchronized (this) {
            freed = wholes.removeIf(lock -> lock.owner == owner);
        }
        if (freed) {
            queue.wakeAll();
        }
    }

    // ---- ranges ----

    /** The first lock in the way of {@code wanted}, or null. */
    public synchronized Range conflict(Range wanted) {
        for (Range lock : ranges) {
            if (lock.conflicts(wanted)) {
                return lock;
            }
        }
        return null;
    }

    /** Takes a range lock; EAGAIN, EDEADLK, ENOLCK, or ERESTARTSYS if interrupted. */
    public long lock(Caller caller, Range wanted, Waiting waiting) {
        long result = tryLock(wanted);
        if (result != -Errno.EAGAIN || waiting == Waiting.NO) {
            return result;
        }
        FileTable waiter = wanted.owner instanceof FileTable table ? table : null;
        try {
            return caller.waiter()
                    .retry(
                            queue,
                            -1,
                            Scheduler.NEVER,
                            () -> {
                                long attempt = tryLock(wanted);
                                boolean deadlock =
                                        attempt == -Errno.EAGAIN
                                                && waiter != null
                                                && deadlocks(waiter, wanted);
                                return deadlock ? -Errno.EDEADLK : attempt;
                            });
        } finally {
            if (waiter != null) {
                waiter.setLockWait(null);
            }
        }
    }

    /** Notes for whom the owner waits; whether that one waits, in the end, for this one. */
    private boolean deadlocks(FileTable waiter, Range wanted) {
        Range holder = conflict(wanted);
        if (holder == null || !(holder.owner instanceof FileTable next)) {
            return false;
        }
        waiter.setLockWait(next);
        for (int depth = 0; next != null && depth < DEADLOCK_DEPTH; depth++) {
            if (next == waiter) {
                return true;
            }
            next = next.lockWait();
        }
        return false;
    }

    private long tryLock(Range wanted) {
        boolean changed;
        synchronized (this) {
            if (conflict(wanted) != null) {
                return -Errno.EAGAIN;
            }
            int before = ranges.size();
            if (before >= LIMIT || !budget.take(RANGE_BYTES)) {
                return -Errno.ENOLCK;
            }
            changed = cut(wanted.owner, wanted.first, wanted.last);
            ranges.add(joined(wanted));
            budget.charge((long) (ranges.size() - before - 1) * RANGE_BYTES);
        }
        if (changed) { // an exclusive lock may have become a shared one
            queue.wakeAll();
        }
        return 0;
    }

    /** The range together with the owner's neighbours of the same kind, which are taken out. */
    private Range joined(Range range) {
        for (int i = ranges.size() - 1; i >= 0; i--) {
            Range lock = ranges.get(i);
            boolean touches = lock.first - 1 <= range.last && range.first - 1 <= lock.last;
            if (lock.owner == range.owner && lock.kind == range.kind && touches) {
                ranges.remove(i);
                range =
                        range.with(
                                Math.min(range.first, lock.first), Math.max(range.last, lock.last));
            }
        }
        return range;
    }

    /** Takes an owner's locks off a range of bytes. */
    public void unlock(Object owner, long first, long last) {
        boolean changed;
        synchronized (this) {
            int before = ranges.size();
            changed = cut(owner, first, last);
            budget.charge((long) (ranges.size() - before) * RANGE_BYTES);
        }
        if (changed) {
            queue.wakeAll();
        }
    }

    private boolean cut(Object owner, long first, long last) {
        boolean changed = false;
        for (int i = ranges.size() - 1; i >= 0; i--) {
            Range lock = ranges.get(i);
            if (lock.owner != owner || lock.last < first || last < lock.first) {
                continue;
            }
            changed = true;
            ranges.remove(i);
            if (lock.first < first) {
                ranges.add(lock.with(lock.first, first - 1));
            }
            if (last < lock.last) {
                ranges.add(lock.with(last + 1, lock.last));
            }
        }
        return changed;
    }

    /** Ends all locks of an owner: it closed the file, or is gone. */
    public void releaseOwner(Object owner) {
        boolean freed;
        synchronized (this) {
            int before = ranges.size();
            freed =
                    wholes.removeIf(lock -> lock.owner == owner)
                            | ranges.removeIf(lock -> lock.owner == owner);
            budget.give((long) (before - ranges.size()) * RANGE_BYTES);
        }
        if (freed) {
            queue.wakeAll();
        }
    }
}
