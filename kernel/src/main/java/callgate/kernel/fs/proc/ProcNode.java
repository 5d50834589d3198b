package callgate.kernel.fs.proc;

import callgate.kernel.vfs.FileSystem;
import callgate.kernel.vfs.Inode;

/**
 * An inode that lives as long as somebody looks at it; the same path always has the same number.
 */
abstract class ProcNode extends Inode {
    private final ProcFs fileSystem;
    private final String key;

    /**
     * @param key the path inside the file system, without a leading slash
     */
    ProcNode(ProcFs fileSystem, String key, int mode, int uid, int gid) {
        super(mode, uid, gid);
        this.fileSystem = fileSystem;
        this.key = key;
        long now = fileSystem.clock().realtimeNanos();
        initTimes(now, now, now);
    }

    final ProcFs proc() {
        return fileSystem;
    }

    final String key() {
        return key;
    }

    @Override
    public FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    public long number() {
        return numberOf(key);
    }

    /**
     * A number made of the path (FNV-1a, 48 bits); equal paths have equal ones, and others hardly
     * ever.
     */
    static long numberOf(String key) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
        }
        return hash >>> 16 | 1;
    }
}
