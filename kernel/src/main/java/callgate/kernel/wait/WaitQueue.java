package callgate.kernel.wait;

import callgate.kernel.abi.PollEvents;

/**
 * Those who want to know when something becomes ready. Thread-safe.
 *
 * <p>Events are those of {@link callgate.kernel.abi.PollEvents}; a queue that has only one meaning
 * uses -1 for "any". Listeners are called on the waking thread, without the queue's lock; they must
 * not block.
 */
public final class WaitQueue {
    /** Told of readiness. */
    @FunctionalInterface
    public interface Listener {
        void ready(int events);
    }

    /**
     * A listener's place in a queue; closing it leaves the queue. A call that is under way may
     * still reach the listener after that.
     */
    public final class Entry implements AutoCloseable {
        private final Listener listener;
        private final int events;
        private final Mode mode;
        private Entry previous;
        private Entry next;
        private boolean linked = true;
        private boolean told;

        private Entry(Listener listener, int events, Mode mode) {
            this.listener = listener;
            this.events = events;
            this.mode = mode;
        }

        @Override
        public void close() {
            closeTold();
        }

        /**
         * Leaves the queue; whether this entry, an exclusive one, was told of events since {@link
         * #clearTold}.
         */
        public boolean closeTold() {
            return unlink(this);
        }

        /** Forgets what was told so far. The condition is to be checked after it. */
        public void clearTold() {
            synchronized (WaitQueue.this) {
                told = false;
            }
        }
    }

    private enum Mode {
        SHARED,
        EXCLUSIVE
    }

    private static final int ALWAYS = PollEvents.POLLERR | PollEvents.POLLHUP;

    // a list in order of arrival; guarded by this
    private Entry first;
    private Entry last;

    /** How many there are; read without the lock, so that waking nobody costs nothing. */
    private volatile int size;

    /** Adds a listener for any of {@code events}; errors and hang-ups are always told. */
    public Entry add(Listener listener, int events) {
        return link(new Entry(listener, events, Mode.SHARED));
    }

    /**
     * As {@link #add}, but only the first of those that wait exclusively is told of an event (all
     * are told of errors and hang-ups). Whoever was told and leaves without having used it, or
     * leaves something over, tells the next with {@link #wakeNext}.
     */
    public Entry addExclusive(Listener listener, int events) {
        return link(new Entry(listener, events, Mode.EXCLUSIVE));
    }

    private synchronized Entry link(Entry entry) {
        entry.previous = last;
        if (last == null) {
            first = entry;
        } else {
            last.next = entry;
        }
        last = entry;
        size++;
        return entry;
    }

    private synchronized boolean unlink(Entry entry) {
        if (!entry.linked) {
            return false;
        }
        entry.linked = false;
        if (entry.previous == null) {
            first = entry.next;
        } else {
            entry.previous.next = entry.next;
        }
        if (entry.next == null) {
            last = entry.previous;
        } else {
            entry.next.previous = entry.previous;
        }
        size--;
        return entry.told;
    }

    /**
     * Tells all listeners that wait for one of the events, but of the exclusive ones only the
     * first.
     */
    public void wake(int events) {
        if (size != 0) {
            tell(events, true, (events & ALWAYS) != 0 ? Integer.MAX_VALUE : 1);
        }
    }

    /** Tells all listeners, exclusive ones too. */
    public void wakeAll() {
        if (size != 0) {
            tell(-1, true, Integer.MAX_VALUE);
        }
    }

    /** Tells the first exclusive listener that waits for one of the events, and nobody else. */
    public void wakeNext(int events) {
        if (size != 0) {
            tell(events, false, 1);
        }
    }

    private void tell(int events, boolean shared, int exclusives) {
        for (Entry entry : select(events, shared, exclusives)) {
            if (entry == null) {
                return;
            }
            entry.listener.ready(events);
        }
    }

    /** Whom to tell; null after the last. */
    private synchronized Entry[] select(int events, boolean shared, int exclusives) {
        Entry[] selected = new Entry[size];
        int count = 0;
        int exclusivesLeft = exclusives;
        for (Entry entry = first; entry != null; entry = entry.next) {
            if ((entry.events & events) == 0 && (events & ALWAYS) == 0) {
                continue;
            }
            if (entry.mode == Mode.SHARED ? shared : exclusivesLeft-- > 0) {
                entry.told = entry.mode == Mode.EXCLUSIVE;
                selected[count++] = entry;
            }
        }
        return selected;
    }
}
