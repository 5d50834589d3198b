package callgate.kernel.mm;

import callgate.machine.hart.Hart;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who may be using host addresses of one address space now, and waiting until they no longer use
 * old ones.
 *
 * <p>Harts in guest code say so by their epoch ({@link Hart#enter}); system calls that copy to or
 * from guest memory hold the {@link #beginAccess guard} for the copy, which is short and never
 * blocks. Both cost nothing as long as the space has one hart: then only that hart's thread takes
 * pages away. After a second hart was attached the guard stays in use.
 *
 * <p>{@link #await} waits for harts in guest code to reach a poll and for copies to end, never for
 * locks; so it may be called with the space locked, though never from within an access.
 * Thread-safe.
 */
final class Quiescence {
    private static final Hart[] NONE = {};
    private static final int CLOSED = 1 << 30;
    private static final int SPINS_BEFORE_YIELD = 200;
    private static final int MOST_LOOKED_AT = 16;

    private volatile Hart[] harts = NONE; // copied on change
    private volatile boolean guarded;
    private final AtomicInteger copies =
            new AtomicInteger(); // running copies, and CLOSED while new ones must wait
    private final Object closing = new Object();

    /**
     * A hart will use the table. The thread of the hart already attached, if there is just one,
     * calls this.
     */
    synchronized void attach(Hart hart) {
        Hart[] more = Arrays.copyOf(harts, harts.length + 1);
        more[harts.length] = hart;
        if (more.length > 1) {
            guarded = true;
            hart.setShared(true);
            if (more.length == 2) {
                more[0].setShared(true);
            }
        } else {
            hart.setShared(false);
        }
        harts = more;
    }

    /**
     * The hart, which is in the kernel, will not use the table any more. Returns how many are left.
     */
    synchronized int detach(Hart hart) {
        int index = Arrays.asList(harts).indexOf(hart);
        assert index >= 0 : "hart is not attached";
        Hart[] fewer = new Hart[harts.length - 1];
        System.arraycopy(harts, 0, fewer, 0, index);
        System.arraycopy(harts, index + 1, fewer, index, fewer.length - index);
        harts = fewer;
        return fewer.length;
    }

    int hartCount() {
        return harts.length;
    }

    /**
     * Whether at most one hart uses the table: its own thread may take pages away without waiting.
     */
    boolean isSolo() {
        return harts.length <= 1;
    }

    /** On the hart's own thread, in the kernel: stops it from paying for others that have left. */
    void settle(Hart hart) {
        if (hart.isShared() && harts.length == 1) {
            synchronized (this) {
                if (harts.length == 1) {
                    hart.setShared(false);
                }
            }
        }
    }

    /**
     * Begins a copy by a task of this space: deltas read from now on stay good until {@link
     * #endAccess}. Must not block in between.
     */
    void beginAccess() {
        if (!guarded) {
            return;
        }
        while ((copies.getAndIncrement() & CLOSED) != 0) {
            copies.getAndDecrement();
            for (int spins = 0; (copies.get() & CLOSED) != 0; spins++) {
                relax(spins);
            }
        }
    }

    void endAccess() {
        if (guarded) {
            copies.getAndDecrement();
        }
    }

    /**
     * Returns when every access that began before this call has ended. The page table was changed
     * before.
     */
    void await() {
        Hart[] all = harts;
        if (all.length <= 1 && !guarded) {
            return;
        }
        long[] epochs = new long[all.length];
        for (int i = 0; i < all.length; i++) {
            epochs[i] = all[i].epoch();
            if (isInside(epochs[i])) {
                all[i].interrupt();
            }
        }
        for (int i = 0; i < all.length; i++) {
            for (int spins = 0; isInside(epochs[i]) && all[i].epoch() == epochs[i]; spins++) {
                relax(spins);
            }
        }
        synchronized (closing) {
            copies.getAndAdd(CLOSED);
            for (int spins = 0; copies.get() != CLOSED; spins++) {
                relax(spins);
            }
            copies.getAndAdd(-CLOSED);
        }
    }

    /** Asks the harts to leave guest code soon. Any thread. */
    void interrupt() {
        for (Hart hart : harts) {
            hart.interrupt();
        }
    }

    /**
     * Whether all harts are outside and no copy runs, so that what the page table lost before this
     * call is used by nobody. May say false without reason if there are many harts.
     */
    boolean isQuiet() {
        Hart[] all = harts;
        if (all.length > MOST_LOOKED_AT) {
            return false;
        }
        VarHandle.fullFence(); // changes of the table come before looking who may use the old one
        if (copies.get() != 0) {
            return false;
        }
        for (Hart hart : all) {
            if (isInside(hart.epoch())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isInside(long epoch) {
        return (epoch & 1) != 0;
    }

    private static void relax(int spins) {
        if (spins < SPINS_BEFORE_YIELD) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }
}
