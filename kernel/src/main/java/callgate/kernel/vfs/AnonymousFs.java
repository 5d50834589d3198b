package callgate.kernel.vfs;

import callgate.kernel.abi.Mode;
import callgate.kernel.wait.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file system that is mounted nowhere, for inodes without names: pipes ({@code pipefs}), sockets
 * ({@code sockfs}), event counters and the like ({@code anon_inodefs}). Thread-safe.
 */
public final class AnonymousFs extends FileSystem {
    private final String type;
    private final AtomicLong nextNumber = new AtomicLong();
    private final Inode root;

    public AnonymousFs(Clock clock, long device, String type) {
        super(clock, device);
        this.type = type;
        root = newInode(Mode.S_IFDIR | 0555, 0, 0);
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public Inode root() {
        return root;
    }

    /**
     * @param mode type (none for event counters and the like, as in Linux) and permissions
     */
    public Inode newInode(int mode, int uid, int gid) {
        return new AnonymousInode(mode, uid, gid, nextNumber.incrementAndGet());
    }

    private final class AnonymousInode extends Inode {
        private final long number;

        AnonymousInode(int mode, int uid, int gid, long number) {
            super(mode, uid, gid);
            this.number = number;
            long now = clock().realtimeNanos();
            initTimes(now, now, now);
        }

        @Override
        public FileSystem fileSystem() {
            return AnonymousFs.this;
        }

        @Override
        public long number() {
            return number;
        }
    }
}
