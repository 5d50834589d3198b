package callgate.kernel.wait;

/**
 * Those who want to know when something becomes ready. Thread-safe.
 *
 * <p>Events are those of {@link callgate.kernel.abi.PollEvents}; a queue that has only one meaning uses -1 for "any". Listeners are called
 * on the waking thread, without the queue's lock; they must not block.
 */
public final class WaitQueue {
    /** Told of readiness. */
    @FunctionalInterface
    public interface Listener {
        void ready(int events);
    }

    /** A listener's place in a queue; closing it leaves the queue. */
    public final class Entry implements AutoCloseable {
        private final Listener listener;
        private final int events;

        private Entry(Listener listener, int events) {
            this.listener = listener;
            this.events = events;
        }

        @Override
        public void close() {
            remove(this);
        }
    }

    private static final Entry[] NONE = {};

    // copied on change: wake-ups are more frequent than changes of a long list, and lists are short
    private volatile Entry[] entries = NONE;

    /** Adds a listener for any of {@code events}; errors and hang-ups are always told. */
    public synchronized Entry add(Listener listener, int events) {
        Entry entry = new Entry(listener, events);
        Entry[] longer = java.util.Arrays.copyOf(entries, entries.length + 1);
        longer[entries.length] = entry;
        entries = longer;
        return entry;
    }

    private synchronized void remove(Entry entry) {
        Entry[] old = entries;
        for (int i = 0; i < old.length; i++) {
            if (old[i] == entry) {
                Entry[] shorter = old.length == 1 ? NONE : new Entry[old.length - 1];
                System.arraycopy(old, 0, shorter, 0, i);
                System.arraycopy(old, i + 1, shorter, i, shorter.length - i);
                entries = shorter;
                return;
            }
        }
    }

    /** Tells all listeners that wait for one of the events. */
    public void wake(int events) {
        for (Entry entry : entries) {
            if ((entry.events & events) != 0 || (events & ALWAYS) != 0) {
                entry.listener.ready(events);
            }
        }
    }

    /** Tells all listeners. */
    public void wakeAll() {
        wake(-1);
    }

    private static final int ALWAYS = callgate.kernel.abi.PollEvents.POLLERR | callgate.kernel.abi.PollEvents.POLLHUP;
}
