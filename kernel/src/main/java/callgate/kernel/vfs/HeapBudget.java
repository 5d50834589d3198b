package callgate.kernel.vfs;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the host's heap a guest may take with what is not in its own memory: inodes, names,
 * attributes, locks, descriptors, what is in pipes and sockets. Costs are estimates, on the high
 * side. Thread-safe.
 */
public final class HeapBudget {
    private final long limitBytes;
    private final AtomicLong used = new AtomicLong();

    public HeapBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Takes bytes; false if there are not that many left. */
    public boolean take(long bytes) {
        if (used.addAndGet(bytes) <= limitBytes) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /** Takes bytes that cannot be refused any more. */
    public void charge(long bytes) {
        used.addAndGet(bytes);
    }

    public void give(long bytes) {
        used.addAndGet(-bytes);
    }

    public long usedBytes() {
        return used.get();
    }
}
