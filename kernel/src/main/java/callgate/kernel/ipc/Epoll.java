package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.WaitQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An epoll: watches of files, and the list of those that may be ready. See epoll(7).
 *
 * <p>A watch comes onto the list when its file's queue says so, and is looked at when somebody
 * waits. Locks: {@code scanLock} is held while files are asked, and lets one scan of the list
 * happen at a time; {@code lock} guards the list and the watches, is a leaf, and is all that a
 * wake-up takes.
 */
public final class Epoll extends OpenFile {
    /** Epolls in a chain of epolls watching epolls, as in Linux. */
    static final int MAX_CHAIN = 5;

    /** What a watch takes of the host's memory: itself, its key, its places in lists. */
    static final int WATCH_BYTES = 256;

    private final Inode inode;
    private final EpollNesting nesting;
    private final HeapBudget budget;
    private final WaitQueue queue = new WaitQueue();
    private final Object scanLock = new Object();
    private final Object lock = new Object();

    // guarded by lock
    private final Map<Key, EpollWatch> watches = new HashMap<>();
    private final ArrayDeque<EpollWatch> ready = new ArrayDeque<>();
    private final List<Epoll> outer = new ArrayList<>();

    private record Key(int fd, OpenFile file) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.fd == fd && key.file == file;
        }

        @Override
        public int hashCode() {
            return fd * 31 + System.identityHashCode(file);
        }
    }

    Epoll(Inode inode, EpollNesting nesting, HeapBudget budget) {
        super(OpenFlags.O_RDWR);
        this.inode = inode;
        this.nesting = nesting;
        this.budget = budget;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public Path path() {
        return Path.detached("anon_inode:[eventpoll]", inode);
    }

    @Override
    public long read(Caller caller, IoBuffer to) {
        return -Errno.EINVAL;
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        return -Errno.EINVAL;
    }

    // ---- watches ----

    /**
     * {@code EPOLL_CTL_ADD}. The caller holds a reference to the file; the watch keeps none. ENOSPC
     * when all watches together are too many.
     */
    public int add(int fd, OpenFile file, int events, long data) {
        if ((events & EpollWatch.EXCLUSIVE) != 0
                && ((events & ~EpollWatch.ALLOWED_EXCLUSIVE) != 0 || file instanceof Epoll)) {
            return -Errno.EINVAL;
        }
        if (file.waitQueue() == null) {
            return -Errno.EPERM;
        }
        if (file instanceof Epoll inner) {
            synchronized (nesting) {
                if (!nesting.allows(this, inner)) {
                    return -Errno.ELOOP;
                }
                int result = addWatch(fd, file, events, data);
                if (result == 0) {
                    inner.addOuter(this);
                }
                return result;
            }
        }
        return addWatch(fd, file, events, data);
    }

    private int addWatch(int fd, OpenFile file, int events, long data) {
        Key key = new Key(fd, file);
        EpollWatch watch = new EpollWatch(this, fd, file, events, data);
        synchronized (scanLock) {
            synchronized (lock) {
                if (!watches.containsKey(key) && !budget.take(WATCH_BYTES)) {
                    return -Errno.ENOSPC;
                }
                if (watches.putIfAbsent(key, watch) != null) {
                    return -Errno.EEXIST;
                }
            }
            file.addCloseListener(watch);
            watch.listen();
            check(watch);
            return 0;
        }
    }

    /** {@code EPOLL_CTL_MOD}. */
    public int modify(int fd, OpenFile file, int events, long data) {
        synchronized (scanLock) {
            EpollWatch watch = find(fd, file);
            if (watch == null) {
                return -Errno.ENOENT;
            }
            if (((events | watch.events()) & EpollWatch.EXCLUSIVE) != 0) {
                return -Errno.EINVAL;
            }
            watch.change(events, data);
            check(watch);
            return 0;
        }
    }

    /** {@code EPOLL_CTL_DEL}. */
    public int remove(int fd, OpenFile file) {
        synchronized (scanLock) {
            EpollWatch watch = find(fd, file);
            if (watch == null) {
                return -Errno.ENOENT;
            }
            file.removeCloseListener(watch);
            forget(watch);
            return 0;
        }
    }

    private EpollWatch find(int fd, OpenFile file) {
        synchronized (lock) {
            return watches.get(new Key(fd, file));
        }
    }

    /** Takes a watch out; its file may be about to close. */
    void forget(EpollWatch watch) {
        synchronized (lock) {
            if (watches.remove(new Key(watch.fd(), watch.file()), watch)) {
                budget.give(WATCH_BYTES);
            }
            if (watch.state == EpollWatch.State.LISTED) {
                ready.remove(watch);
            }
            watch.state = EpollWatch.State.GONE;
        }
        leave(watch);
    }

    private void leave(EpollWatch watch) {
        watch.stopListening();
        if (watch.file() instanceof Epoll inner) {
            inner.removeOuter(this);
        }
    }

    /** Puts a watch on the list if its file is ready now. */
    private void check(EpollWatch watch) {
        if (watch.pollFile() != 0) {
            becameReady(watch);
        }
    }

    /** A watched file says that it may be ready. Any thread. */
    void becameReady(EpollWatch watch) {
        synchronized (lock) {
            if (watch.state != EpollWatch.State.QUIET) {
                return;
            }
            watch.state = EpollWatch.State.LISTED;
            ready.add(watch);
        }
        queue.wake(PollEvents.READABLE);
    }

    /** The epolls that this one watches. */
    Set<Epoll> inner() {
        Set<Epoll> inner = new HashSet<>();
        synchronized (lock) {
            for (EpollWatch watch : watches.values()) {
                if (watch.file() instanceof Epoll epoll) {
                    inner.add(epoll);
                }
            }
        }
        return inner;
    }

    /** The epolls that watch this one. */
    Set<Epoll> outer() {
        synchronized (lock) {
            return new HashSet<>(outer);
        }
    }

    private void addOuter(Epoll epoll) {
        synchronized (lock) {
            outer.add(epoll);
        }
    }

    private void removeOuter(Epoll epoll) {
        synchronized (lock) {
            outer.remove(epoll);
        }
    }

    // ---- waiting ----

    /** Takes events. */
    public interface Sink {
        void event(int events, long data);
    }

    /**
     * Waits for events and hands out up to {@code limit}.
     *
     * @param deadlineNanos of the monotonic clock; {@code Long.MIN_VALUE} only looks
     * @return how many, 0 at the deadline, or {@code -EINTR}
     */
    public long await(Caller caller, int limit, long deadlineNanos, Sink sink) {
        int found = collect(limit, sink);
        if (found > 0 || deadlineNanos == Long.MIN_VALUE) {
            return found;
        }
        long result =
                caller.waiter()
                        .retryExclusive(
                                queue,
                                PollEvents.READABLE,
                                deadlineNanos,
                                () -> {
                                    int now = collect(limit, sink);
                                    return now > 0 ? now : -Errno.EAGAIN;
                                });
        if (result == -Errno.EAGAIN) {
            return 0;
        }
        return result == -Errno.ERESTARTSYS ? -Errno.EINTR : result;
    }

    private int collect(int limit, Sink sink) {
        int found = 0;
        boolean more;
        synchronized (scanLock) {
            int toLook;
            synchronized (lock) {
                toLook = ready.size();
            }
            while (toLook-- > 0 && found < limit) {
                EpollWatch watch = takeReady();
                if (watch == null) {
                    break;
                }
                int events = watch.pollFile();
                if (events != 0 && !hand(watch, events, sink, found > 0)) {
                    break;
                }
                found += events != 0 ? 1 : 0;
            }
            synchronized (lock) {
                more = !ready.isEmpty();
            }
        }
        if (more && found > 0) {
            queue.wakeNext(PollEvents.READABLE);
        }
        return found;
    }

    /**
     * Hands out one event; false if the guest's memory did not take it, after others that it took.
     */
    private boolean hand(EpollWatch watch, int events, Sink sink, boolean partial) {
        try {
            sink.event(events, watch.data());
        } catch (ErrnoException e) {
            putBack(watch);
            if (partial) {
                return false;
            }
            throw e;
        }
        settle(watch);
        return true;
    }

    private EpollWatch takeReady() {
        synchronized (lock) {
            EpollWatch watch = ready.poll();
            if (watch != null) {
                watch.state = EpollWatch.State.QUIET;
            }
            return watch;
        }
    }

    /**
     * After an event was handed out: level-triggered watches stay on the list, one-shot ones are
     * disabled.
     */
    private void settle(EpollWatch watch) {
        synchronized (lock) {
            if (watch.state == EpollWatch.State.GONE) {
                return;
            }
            if (watch.isOneShot()) {
                if (watch.state == EpollWatch.State.LISTED) {
                    ready.remove(watch);
                }
                watch.state = EpollWatch.State.QUIET;
                watch.disable();
            } else if (!watch.isEdgeTriggered() && watch.state == EpollWatch.State.QUIET) {
                watch.state = EpollWatch.State.LISTED;
                ready.add(watch);
            }
        }
    }

    // ---- readiness of the epoll itself ----

    @Override
    public int poll() {
        synchronized (scanLock) {
            int toLook;
            synchronized (lock) {
                toLook = ready.size();
            }
            while (toLook-- > 0) {
                EpollWatch watch = takeReady();
                if (watch != null && watch.pollFile() != 0) {
                    putBack(watch);
                    return PollEvents.READABLE;
                }
            }
        }
        return 0;
    }

    private void putBack(EpollWatch watch) {
        synchronized (lock) {
            if (watch.state == EpollWatch.State.QUIET) {
                watch.state = EpollWatch.State.LISTED;
                ready.addFirst(watch);
            }
        }
    }

    @Override
    public WaitQueue waitQueue() {
        return queue;
    }

    @Override
    protected void closed() {
        List<EpollWatch> all;
        synchronized (lock) {
            all = new ArrayList<>(watches.values());
            watches.clear();
            budget.give((long) all.size() * WATCH_BYTES);
            ready.clear();
            all.forEach(watch -> watch.state = EpollWatch.State.GONE);
        }
        for (EpollWatch watch : all) {
            watch.file().removeCloseListener(watch);
            leave(watch);
        }
    }
}
