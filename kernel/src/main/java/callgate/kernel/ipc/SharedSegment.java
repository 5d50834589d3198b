package callgate.kernel.ipc;

import callgate.kernel.mm.MappedFile;
import callgate.kernel.mm.PageSource;
import callgate.kernel.mm.SharedMemory;
import callgate.kernel.vfs.Credentials;
import java.util.Locale;

/**
 * A segment of System V shared memory: see shmop(2), shmctl(2). Its references are the table's own
 * and one for each place where it is attached. Thread-safe.
 */
public final class SharedSegment implements MappedFile {
    private static final int CAP_IPC_OWNER = 15;

    private final SharedSegments table;
    private final SharedMemory memory;
    private final int id;
    private final long sizeBytes;
    private final int creatorUid;
    private final int creatorGid;
    private final int creatorPid;

    // guarded by the table
    private int key;
    private int uid;
    private int gid;
    private int mode;
    private int places;
    private boolean removed;
    private boolean locked;
    private int lastPid;
    private long attachSeconds;
    private long detachSeconds;
    private long changeSeconds;

    SharedSegment(
            SharedSegments table,
            SharedMemory memory,
            int id,
            int key,
            long sizeBytes,
            int mode,
            Credentials creator,
            int creatorPid) {
        this.table = table;
        this.memory = memory;
        this.id = id;
        this.key = key;
        this.sizeBytes = sizeBytes;
        this.mode = mode;
        this.creatorPid = creatorPid;
        creatorUid = creator.euid();
        creatorGid = creator.egid();
        uid = creatorUid;
        gid = creatorGid;
        changeSeconds = table.nowSeconds();
    }

    /** As shmctl tells it: {@code struct shmid64_ds}; times are in seconds. */
    public record State(
            int id,
            int key,
            int uid,
            int gid,
            int creatorUid,
            int creatorGid,
            int mode,
            long sizeBytes,
            long attachSeconds,
            long detachSeconds,
            long changeSeconds,
            int creatorPid,
            int lastPid,
            int attached) {}

    public State state() {
        synchronized (table) {
            int shown = mode | (removed ? SharedSegments.SHM_DEST : 0);
            return new State(
                    id,
                    key,
                    uid,
                    gid,
                    creatorUid,
                    creatorGid,
                    shown | (locked ? SharedSegments.SHM_LOCKED : 0),
                    sizeBytes,
                    attachSeconds,
                    detachSeconds,
                    changeSeconds,
                    creatorPid,
                    lastPid,
                    places);
        }
    }

    public int id() {
        return id;
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    int key() {
        return key;
    }

    // ---- rights ----

    /** Whether somebody has all of the rights (4 reads, 2 writes). */
    public boolean allows(Credentials who, int rights) {
        synchronized (table) {
            int granted = mode;
            if (who.euid() == uid || who.euid() == creatorUid) {
                granted >>= 6;
            } else if (isIn(who, gid) || isIn(who, creatorGid)) {
                granted >>= 3;
            }
            return (rights & ~granted & 7) == 0 || who.has(CAP_IPC_OWNER);
        }
    }

    private static boolean isIn(Credentials who, int group) {
        return who.egid() == group || who.inGroup(group);
    }

    /** Whether somebody may change or remove it. */
    public boolean isOwnedBy(Credentials who) {
        synchronized (table) {
            return who.euid() == uid
                    || who.euid() == creatorUid
                    || who.has(Credentials.CAP_SYS_ADMIN);
        }
    }

    // ---- changes ----

    /** IPC_SET. */
    public void setOwner(int newUid, int newGid, int permissions) {
        synchronized (table) {
            uid = newUid;
            gid = newGid;
            mode = permissions & 0777;
            changeSeconds = table.nowSeconds();
        }
    }

    /** SHM_LOCK and SHM_UNLOCK: shown, as nothing is ever swapped out. */
    public void setLocked(boolean now) {
        synchronized (table) {
            locked = now;
        }
    }

    /** IPC_RMID: no key leads to it any more, and it ends when nobody has it attached. */
    public void remove() {
        boolean last;
        synchronized (table) {
            last = !removed && places == 0;
            removed = true;
            table.forgetKey(this);
            key = 0;
            if (last) {
                table.forget(this);
            }
        }
        if (last) {
            memory.release();
        }
    }

    /** A process has attached or is about to detach it. */
    public void attached(int pid) {
        synchronized (table) {
            lastPid = pid;
            attachSeconds = table.nowSeconds();
        }
    }

    public void detaching(int pid) {
        synchronized (table) {
            lastPid = pid;
            detachSeconds = table.nowSeconds();
        }
    }

    // ---- as memory ----

    @Override
    public PageSource pages() {
        return memory.pages();
    }

    @Override
    public void retain() {
        synchronized (table) {
            places++;
        }
    }

    @Override
    public void release() {
        boolean last;
        synchronized (table) {
            places--;
            last = removed && places == 0;
            if (last) {
                table.forget(this);
            }
        }
        if (last) {
            memory.release();
        }
    }

    @Override
    public int punch(long offset, long lengthBytes) {
        return memory.punch(offset, lengthBytes);
    }

    @Override
    public String path() {
        return String.format(Locale.ROOT, "/SYSV%08x (deleted)", key);
    }

    @Override
    public long device() {
        return memory.device();
    }

    @Override
    public long inodeNumber() {
        return id;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public boolean isExecutable() {
        return true;
    }
}
