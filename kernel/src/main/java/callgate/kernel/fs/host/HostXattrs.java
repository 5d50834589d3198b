package callgate.kernel.fs.host;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.vfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;

/**
 * The extended attributes {@code user.*} of regular files of the host. Java has them by whole path
 * only: they are read if the path leads to the file before and after, and written through a link to
 * the file in the top directory.
 */
final class HostXattrs {
    private static final String PREFIX = "user.";

    private final HostFile file;

    HostXattrs(HostFile file) {
        this.file = file;
    }

    private static UserDefinedFileAttributeView view(Path path) throws IOException {
        UserDefinedFileAttributeView view =
                Files.getFileAttributeView(
                        path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view == null) {
            throw new ErrnoException(Errno.EOPNOTSUPP);
        }
        return view;
    }

    /** The host's names, without their prefix. */
    private static List<String> names(Path path) throws IOException {
        return view(path).list();
    }

    List<String> list() {
        return file.byWholePath(HostXattrs::names).stream()
                .map(name -> HostNames.bytes(PREFIX + name))
                .toList();
    }

    /** The value, or null. */
    byte[] get(String name) {
        if (!name.startsWith(PREFIX)) {
            return null;
        }
        String plain = HostNames.text(name.substring(PREFIX.length()));
        return file.byWholePath(
                path -> {
                    if (!names(path).contains(plain)) {
                        return null;
                    }
                    UserDefinedFileAttributeView view = view(path);
                    byte[] value = new byte[Math.min(view.size(plain), Xattrs.VALUE_MAX)];
                    int read = view.read(plain, ByteBuffer.wrap(value));
                    return java.util.Arrays.copyOf(value, read);
                });
    }

    int set(String name, byte[] value, int flags) {
        if (!name.startsWith(PREFIX)) {
            return -Errno.EOPNOTSUPP;
        }
        String plain = HostNames.text(name.substring(PREFIX.length()));
        return file.throughTop(
                path -> {
                    boolean exists = names(path).contains(plain);
                    if (exists && (flags & Xattrs.XATTR_CREATE) != 0) {
                        throw new ErrnoException(Errno.EEXIST);
                    }
                    if (!exists && (flags & Xattrs.XATTR_REPLACE) != 0) {
                        throw new ErrnoException(Errno.ENODATA);
                    }
                    view(path).write(plain, ByteBuffer.wrap(value));
                });
    }

    int remove(String name) {
        if (!name.startsWith(PREFIX)) {
            return -Errno.EOPNOTSUPP;
        }
        String plain = HostNames.text(name.substring(PREFIX.length()));
        return file.throughTop(
                path -> {
                    if (!names(path).contains(plain)) {
                        throw new ErrnoException(Errno.ENODATA);
                    }
                    view(path).delete(plain);
                });
    }
}
