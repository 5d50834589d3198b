package callgate.kernel.fs.host;

import callgate.kernel.abi.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What the host says about a file.
 *
 * @param key its identity: equal for the same file only
 */
record HostAttributes(
        Object key,
        long number,
        int mode,
        int links,
        int uid,
        int gid,
        long size,
        long access,
        long modify,
        long change) {

    /**
     * Attributes seen through an open directory; what Java does not give there is taken by path, if
     * that leads to the same file.
     */
    static HostAttributes of(PosixFileAttributes seen, Path wholePath) {
        long modified = nanos(seen.lastModifiedTime());
        Map<String, Object> more = Map.of();
        try {
            Map<String, Object> found =
                    Files.readAttributes(
                            wholePath,
                            "unix:mode,nlink,uid,gid,ino,ctime,fileKey",
                            LinkOption.NOFOLLOW_LINKS);
            if (seen.fileKey().equals(found.get("fileKey"))) {
                more = found;
            }
        } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
            // a host without these attributes, or the file is being moved: the plain ones do
        }
        int mode =
                more.get("mode") instanceof Integer value
                        ? value
                        : type(seen) | permissions(seen.permissions());
        long change = more.get("ctime") instanceof FileTime time ? nanos(time) : modified;
        return new HostAttributes(
                seen.fileKey(),
                more.get("ino") instanceof Long number
                        ? number
                        : Integer.toUnsignedLong(seen.fileKey().hashCode()),
                mode,
                integer(more, "nlink", 1),
                integer(more, "uid", 0),
                integer(more, "gid", 0),
                seen.size(),
                nanos(seen.lastAccessTime()),
                modified,
                change);
    }

    private static int integer(Map<String, Object> attributes, String name, int otherwise) {
        return attributes.get(name) instanceof Integer value ? value : otherwise;
    }

    private static long nanos(FileTime time) {
        return time.to(TimeUnit.NANOSECONDS);
    }

    private static int type(BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            return Mode.S_IFREG;
        }
        if (attributes.isDirectory()) {
            return Mode.S_IFDIR;
        }
        return attributes.isSymbolicLink() ? Mode.S_IFLNK : Mode.S_IFSOCK;
    }

    /** Permission bits: Java's constants stand in the order of the bits, highest first. */
    static int permissions(Set<PosixFilePermission> set) {
        int bits = 0;
        for (PosixFilePermission permission : set) {
            bits |= 0400 >> permission.ordinal();
        }
        return bits;
    }

    static Set<PosixFilePermission> permissions(int bits) {
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((bits & 0400 >> permission.ordinal()) != 0) {
                set.add(permission);
            }
        }
        return set;
    }
}
