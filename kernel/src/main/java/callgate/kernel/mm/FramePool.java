package callgate.kernel.mm;

import callgate.kernel.wait.Clock;
import callgate.kernel.wait.Scheduler;
import callgate.machine.memory.PhysMem;
import java.util.LinkedHashSet;

/**
 * The frames of one kernel: {@link PhysMem} with a way to get some back when it is exhausted.
 * Thread-safe.
 *
 * <p>Whoever keeps frames that could be read again (clean pages of files) registers as a {@link
 * Reclaimer}. If reclaiming does not help either, the caller reports out of memory: a system call
 * {@code -ENOMEM}, a page fault an OOM kill.
 */
public final class FramePool {
    /** Owner of frames that can be given up. */
    public interface Reclaimer {
        /**
         * Releases up to {@code count} frames and returns how many. Called on any thread with any
         * locks held, so it must not wait for a lock: what it cannot lock at once it leaves alone.
         */
        int reclaim(int count);
    }

    /** How many frames one round of reclaiming asks for. */
    private static final int RECLAIM_BATCH = 256;

    /** Freed frames that nobody took again for so long go back to the host. */
    private static final long UNUSED_NANOS = 2_000_000_000L;

    private final PhysMem memory;
    private final int zeroFrame;
    private final LinkedHashSet<Reclaimer> reclaimers =
            new LinkedHashSet<>(); // least recently asked first; guards itself

    public FramePool(PhysMem memory) {
        this.memory = memory;
        zeroFrame = memory.allocate();
        if (zeroFrame == 0) {
            throw new IllegalArgumentException("physical memory has no room for the zero page");
        }
    }

    /** From now on frames that lie unused for some seconds go back to the host. */
    public void trimBy(Scheduler scheduler, Clock clock) {
        memory.whenUnused(() -> scheduleTrim(scheduler, clock));
    }

    private void scheduleTrim(Scheduler scheduler, Clock clock) {
        scheduler.schedule(
                clock.monotonicNanos() + UNUSED_NANOS,
                () -> {
                    if (memory.trim()) {
                        scheduleTrim(scheduler, clock);
                    }
                });
    }

    public PhysMem memory() {
        return memory;
    }

    /**
     * The frame that untouched anonymous pages share for reading. It is never written, counted or
     * released.
     */
    public int zeroFrame() {
        return zeroFrame;
    }

    /** A zeroed frame with one reference, or 0 if there is none even after reclaiming. */
    public int allocate() {
        return memory.cleared(take());
    }

    /** As {@link PhysMem#take}, with reclaiming: negative, if the frame holds old bytes. */
    int take() {
        int taken = memory.take();
        while (taken == 0 && reclaim(RECLAIM_BATCH) > 0) {
            taken = memory.take();
        }
        return taken;
    }

    /**
     * Sets aside room for {@code frames} frames' worth of the kernel's own tables; false if there
     * is none.
     */
    public boolean charge(int frames) {
        while (!memory.charge(frames)) {
            if (reclaim(Math.max(frames, RECLAIM_BATCH)) == 0) {
                return false;
            }
        }
        return true;
    }

    public void uncharge(int frames) {
        memory.uncharge(frames);
    }

    public void addReclaimer(Reclaimer reclaimer) {
        synchronized (reclaimers) {
            reclaimers.add(reclaimer);
        }
    }

    public void removeReclaimer(Reclaimer reclaimer) {
        synchronized (reclaimers) {
            reclaimers.remove(reclaimer);
        }
    }

    private int reclaim(int count) {
        int released = 0;
        int asking = reclaimerCount();
        while (asking-- > 0 && released < count) {
            Reclaimer reclaimer = nextReclaimer();
            if (reclaimer == null) {
                break;
            }
            released += reclaimer.reclaim(count - released);
        }
        return released;
    }

    private int reclaimerCount() {
        synchronized (reclaimers) {
            return reclaimers.size();
        }
    }

    private Reclaimer nextReclaimer() {
        synchronized (reclaimers) {
            Reclaimer first = reclaimers.isEmpty() ? null : reclaimers.removeFirst();
            if (first != null) {
                reclaimers.addLast(first);
            }
            return first;
        }
    }
}
