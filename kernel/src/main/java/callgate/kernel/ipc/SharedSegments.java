package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.FramePool;
import callgate.kernel.mm.SharedMemory;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.wait.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The System V shared memory of a kernel: sysvipc(7). Thread-safe. */
public final class SharedSegments {
    public static final int IPC_PRIVATE = 0;
    public static final int IPC_CREAT = 01000;
    public static final int IPC_EXCL = 02000;
    public static final int SHM_HUGETLB = 04000;

    /** Shown in a segment's mode. */
    static final int SHM_DEST = 01000;

    static final int SHM_LOCKED = 02000;

    /** SHMMNI. */
    public static final int LIMIT = 4096;

    private static final int PAGE_BYTES = 4096;
    private static final long NANOS = 1_000_000_000;

    private final FramePool frames;
    private final Clock clock;
    private final long maximumBytes;

    // guarded by this
    private final TreeMap<Integer, SharedSegment> segments = new TreeMap<>();
    private final Map<Integer, SharedSegment> keys = new HashMap<>();
    private int nextId;

    /**
     * @param maximumBytes of a segment: the guest's memory
     */
    public SharedSegments(FramePool frames, Clock clock, long maximumBytes) {
        this.frames = frames;
        this.clock = clock;
        this.maximumBytes = maximumBytes;
    }

    public long maximumBytes() {
        return maximumBytes;
    }

    long nowSeconds() {
        return clock.realtimeNanos() / NANOS;
    }

    /**
     * {@code shmget}: the segment of a key, or a new one.
     *
     * @throws ErrnoException ENOENT, EEXIST, EINVAL, EACCES, ENOSPC, ENOMEM
     */
    public synchronized SharedSegment get(
            int key, long sizeBytes, int flags, Credentials who, int pid) {
        SharedSegment known = key == IPC_PRIVATE ? null : keys.get(key);
        if (known == null) {
            if (key != IPC_PRIVATE && (flags & IPC_CREAT) == 0) {
                throw new ErrnoException(Errno.ENOENT);
            }
            return create(key, sizeBytes, flags, who, pid);
        }
        if ((flags & (IPC_CREAT | IPC_EXCL)) == (IPC_CREAT | IPC_EXCL)) {
            throw new ErrnoException(Errno.EEXIST);
        }
        int rights = flags >> 6 | flags >> 3 | flags;
        if (!known.allows(who, rights & 6)) {
            throw new ErrnoException(Errno.EACCES);
        }
        if (sizeBytes > known.sizeBytes()) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return known;
    }

    private SharedSegment create(int key, long sizeBytes, int flags, Credentials who, int pid) {
        if (sizeBytes < 1 || sizeBytes > maximumBytes) {
            throw new ErrnoException(Errno.EINVAL);
        }
        if ((flags & SHM_HUGETLB) != 0) {
            throw new ErrnoException(Errno.ENOMEM); // there are no huge pages
        }
        if (segments.size() >= LIMIT) {
            throw new ErrnoException(Errno.ENOSPC);
        }
        while (segments.containsKey(nextId)) {
            nextId = nextId + 1 & Integer.MAX_VALUE;
        }
        int id = nextId;
        nextId = nextId + 1 & Integer.MAX_VALUE;
        SharedSegment made =
                new SharedSegment(
                        this,
                        new SharedMemory(frames, (sizeBytes + PAGE_BYTES - 1) / PAGE_BYTES),
                        id,
                        key,
                        sizeBytes,
                        flags & 0777,
                        who,
                        pid);
        segments.put(id, made);
        if (key != IPC_PRIVATE) {
            keys.put(key, made);
        }
        return made;
    }

    /** A segment with a reference, as of a place where it is attached; null if there is none. */
    public synchronized SharedSegment retain(int id) {
        SharedSegment segment = segments.get(id);
        if (segment != null) {
            segment.retain();
        }
        return segment;
    }

    /** A segment by its number, or null. */
    public synchronized SharedSegment find(int id) {
        return segments.get(id);
    }

    /** The {@code index}th segment, for SHM_STAT, or null. */
    public synchronized SharedSegment at(int index) {
        List<SharedSegment> all = all();
        return index >= 0 && index < all.size() ? all.get(index) : null;
    }

    public synchronized List<SharedSegment> all() {
        return List.copyOf(segments.values());
    }

    void forgetKey(SharedSegment segment) {
        keys.remove(segment.key(), segment);
    }

    void forget(SharedSegment segment) {
        segments.remove(segment.id());
    }
}
