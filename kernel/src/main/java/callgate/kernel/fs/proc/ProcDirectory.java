package callgate.kernel.fs.proc;

import callgate.kernel.abi.Mode;
import callgate.kernel.vfs.DirectoryEmitter;
import callgate.kernel.vfs.Inode;
import java.util.List;

/** A directory whose entries are made on demand. */
abstract class ProcDirectory extends ProcNode {
    /** The first offset that is not {@code .} or {@code ..}. */
    private static final int FIRST_OFFSET = 2;

    ProcDirectory(ProcFs fileSystem, String key, int permissions, int uid, int gid) {
        super(fileSystem, key, Mode.S_IFDIR | permissions, uid, gid);
        initLinks(2);
    }

    /**
     * An entry of a listing.
     *
     * @param position where it stands: entries are listed by growing position, which is stable
     *     while it lives; from 0
     * @param type S_IFDIR, S_IFREG or S_IFLNK
     */
    record Entry(String name, long position, int type) {}

    /** The node of a name, or null. */
    abstract ProcNode find(String name);

    /** All entries, by growing position. */
    abstract List<Entry> entries();

    final String childKey(String name) {
        return key().isEmpty() ? name : key() + "/" + name;
    }

    @Override
    public final Inode lookup(String name) {
        return find(name);
    }

    @Override
    public final long list(long offset, DirectoryEmitter emitter) {
        for (Entry entry : entries()) {
            long at = entry.position + FIRST_OFFSET;
            if (at >= offset
                    && !emitter.emit(
                            entry.name, numberOf(childKey(entry.name)), entry.type >> 12, at + 1)) {
                return 0;
            }
        }
        return 0;
    }
}
