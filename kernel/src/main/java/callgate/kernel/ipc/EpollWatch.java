package callgate.kernel.ipc;

import callgate.kernel.abi.PollEvents;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.wait.WaitQueue;

/**
 * An epoll's watch of one file under one descriptor number. Does not keep the file open. Called as
 * a listener by the file's queue, and as a runnable when the file closes.
 */
final class EpollWatch implements WaitQueue.Listener, Runnable {
    static final int EDGE_TRIGGERED = 1 << 31;
    static final int ONE_SHOT = 1 << 30;
    static final int WAKE_UP = 1 << 29;
    static final int EXCLUSIVE = 1 << 28;

    /** What may be watched exclusively. */
    static final int ALLOWED_EXCLUSIVE =
            EXCLUSIVE
                    | EDGE_TRIGGERED
                    | WAKE_UP
                    | PollEvents.POLLIN
                    | PollEvents.POLLOUT
                    | PollEvents.POLLERR
                    | PollEvents.POLLHUP;

    private static final int CONTROL = EDGE_TRIGGERED | ONE_SHOT | WAKE_UP | EXCLUSIVE;

    /** Whether it is on the epoll's list. */
    enum State {
        QUIET,
        LISTED,
        GONE
    }

    private final Epoll epoll;
    private final int fd;
    private final OpenFile file;
    private volatile int events;
    private volatile long data;
    private volatile boolean disabled;
    private WaitQueue.Entry entry;

    /** Guarded by the epoll's lock. */
    State state = State.QUIET;

    EpollWatch(Epoll epoll, int fd, OpenFile file, int events, long data) {
        this.epoll = epoll;
        this.fd = fd;
        this.file = file;
        this.events = events;
        this.data = data;
    }

    int fd() {
        return fd;
    }

    OpenFile file() {
        return file;
    }

    int events() {
        return events;
    }

    long data() {
        return data;
    }

    boolean isEdgeTriggered() {
        return (events & EDGE_TRIGGERED) != 0;
    }

    boolean isOneShot() {
        return (events & ONE_SHOT) != 0;
    }

    /** A one-shot watch has been used. */
    void disable() {
        disabled = true;
    }

    void change(int newEvents, long newData) {
        stopListening();
        data = newData;
        events = newEvents;
        disabled = false;
        listen();
    }

    void listen() {
        WaitQueue queue = file.waitQueue();
        entry =
                (events & EXCLUSIVE) != 0
                        ? queue.addExclusive(this, mask())
                        : queue.add(this, mask());
    }

    void stopListening() {
        WaitQueue.Entry old = entry;
        if (old != null && old.closeTold()) {
            file.waitQueue().wakeNext(mask());
        }
    }

    private int mask() {
        return events & ~CONTROL | PollEvents.POLLERR | PollEvents.POLLHUP;
    }

    /** The events of the file that are watched for and there; 0 if it is closing. */
    int pollFile() {
        if (disabled || !file.tryRetain()) {
            return 0;
        }
        try {
            return file.poll() & mask();
        } finally {
            file.release();
        }
    }

    @Override
    public void ready(int readyEvents) {
        epoll.becameReady(this);
    }

    /** The file closes. */
    @Override
    public void run() {
        epoll.forget(this);
    }
}
