package callgate.kernel.ipc;

import java.util.concurrent.atomic.AtomicLong;

/** How much of the host's heap a kernel's pipes and sockets may hold together. Thread-safe. */
public final class BufferBudget {
    private final long limitBytes;
    private final AtomicLong used = new AtomicLong();

    public BufferBudget(long limitBytes) {
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

    public void give(long bytes) {
        used.addAndGet(-bytes);
    }

    public long usedBytes() {
        return used.get();
    }
}
