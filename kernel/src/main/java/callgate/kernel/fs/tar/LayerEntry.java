package callgate.kernel.fs.tar;

import java.util.Map;

/**
 * One entry of a tar, as {@link LayerTree#add} takes it. Paths and link targets hold one byte per
 * {@code char}.
 *
 * @param path where, relative to the root of the layer; a leading {@code ./} and a trailing {@code
 *     /} mean nothing
 * @param kind what
 * @param permissions the lower twelve bits of the mode
 * @param uid owner, an unsigned 32-bit number
 * @param gid group, an unsigned 32-bit number
 * @param mtimeSeconds time of last modification, seconds since 1970
 * @param mtimeNanos its nanoseconds, 0 to 999,999,999
 * @param size bytes of data of a regular file, else 0
 * @param dataOffset where the data of a regular file begins in the tar
 * @param linkTarget target of a symbolic link as it stands, or path of an earlier entry for a hard
 *     link, else empty
 * @param deviceMajor major number of a device, else 0
 * @param deviceMinor minor number of a device, else 0
 * @param xattrs extended attributes by full name ({@code user.x}); never changed by the tree
 */
public record LayerEntry(
        String path,
        Kind kind,
        int permissions,
        int uid,
        int gid,
        long mtimeSeconds,
        int mtimeNanos,
        long size,
        long dataOffset,
        String linkTarget,
        int deviceMajor,
        int deviceMinor,
        Map<String, byte[]> xattrs) {

    /** What an entry is. */
    public enum Kind {
        FILE(0100000),
        DIRECTORY(0040000),
        SYMLINK(0120000),
        CHARACTER_DEVICE(0020000),
        BLOCK_DEVICE(0060000),
        FIFO(0010000),
        /** One more name for an earlier entry; has no type of its own. */
        HARD_LINK(0);

        private final int typeBits;

        Kind(int typeBits) {
            this.typeBits = typeBits;
        }

        /** The {@code S_IFMT} bits of {@code st_mode}; 0 for a hard link. */
        public int typeBits() {
            return typeBits;
        }
    }

    /** The whole mode: type and permissions. */
    public int mode() {
        return kind.typeBits() | permissions;
    }

    /** This entry under another path. */
    public LayerEntry withPath(String newPath) {
        return new LayerEntry(
                newPath,
                kind,
                permissions,
                uid,
                gid,
                mtimeSeconds,
                mtimeNanos,
                size,
                dataOffset,
                linkTarget,
                deviceMajor,
                deviceMinor,
                xattrs);
    }

    /** This entry with its data elsewhere in the tar. */
    public LayerEntry withDataOffset(long newOffset) {
        return new LayerEntry(
                path,
                kind,
                permissions,
                uid,
                gid,
                mtimeSeconds,
                mtimeNanos,
                size,
                newOffset,
                linkTarget,
                deviceMajor,
                deviceMinor,
                xattrs);
    }

    /** This entry with another link target. */
    public LayerEntry withLinkTarget(String newTarget) {
        return new LayerEntry(
                path,
                kind,
                permissions,
                uid,
                gid,
                mtimeSeconds,
                mtimeNanos,
                size,
                dataOffset,
                newTarget,
                deviceMajor,
                deviceMinor,
                xattrs);
    }
}
