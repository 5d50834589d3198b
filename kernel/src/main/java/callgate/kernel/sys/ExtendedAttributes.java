package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.BYTES_IN;
import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;
import static callgate.kernel.sys.Arg.Kind.PATH;

import callgate.kernel.abi.AtFlags;
import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.XattrAccess;
import callgate.kernel.vfs.Xattrs;
import java.nio.charset.StandardCharsets;

/**
 * The system calls of xattr(7), each in three forms: by path, by path without following a link, by
 * descriptor.
 */
final class ExtendedAttributes {
    private static final int NAME_MAX = 255;
    private static final int LIST_MAX = 65536;

    private ExtendedAttributes() {}

    // ---- set ----

    @Syscall(nr = 5)
    static long setxattr(
            Task task,
            @Arg(PATH) long path,
            @Arg(PATH) long name,
            @Arg(BYTES_IN) long value,
            long size,
            @Arg(HEX) int flags) {
        return Lookup.change(
                task,
                AtFlags.AT_FDCWD,
                path,
                0,
                (walk, inode) -> set(task, inode, name, value, size, flags));
    }

    @Syscall(nr = 6)
    static long lsetxattr(
            Task task,
            @Arg(PATH) long path,
            @Arg(PATH) long name,
            @Arg(BYTES_IN) long value,
            long size,
            @Arg(HEX) int flags) {
        return Lookup.change(
                task,
                AtFlags.AT_FDCWD,
                path,
                AtFlags.AT_SYMLINK_NOFOLLOW,
                (walk, inode) -> set(task, inode, name, value, size, flags));
    }

    @Syscall(nr = 7)
    static long fsetxattr(
            Task task,
            @Arg(FD) int fd,
            @Arg(PATH) long name,
            @Arg(BYTES_IN) long value,
            long size,
            @Arg(HEX) int flags) {
        return Lookup.changeOpen(
                task, fd, file -> set(task, file.inode(), name, value, size, flags));
    }

    private static long set(
            Task task, Inode inode, long nameAddress, long value, long size, int flags) {
        if ((flags & ~(Xattrs.XATTR_CREATE | Xattrs.XATTR_REPLACE)) != 0) {
            return -Errno.EINVAL;
        }
        String name = name(task, nameAddress);
        if (size < 0 || size > Xattrs.VALUE_MAX) {
            return -Errno.E2BIG;
        }
        byte[] bytes = task.memory().read(value, (int) size);
        int result = XattrAccess.maySet(task.credentials(), inode, name);
        return result != 0 ? result : inode.setXattr(name, bytes, flags);
    }

    private static String name(Task task, long address) {
        String name = task.memory().readString(address, NAME_MAX + 1);
        if (name == null || name.isEmpty()) {
            throw new ErrnoException(Errno.ERANGE);
        }
        return name;
    }

    // ---- get ----

    @Syscall(nr = 8)
    static long getxattr(
            Task task,
            @Arg(PATH) long path,
            @Arg(PATH) long name,
            @Arg(ADDRESS) long value,
            long size) {
        return Lookup.find(
                task,
                AtFlags.AT_FDCWD,
                path,
                0,
                (walk, inode) -> get(task, inode, name, value, size));
    }

    @Syscall(nr = 9)
    static long lgetxattr(
            Task task,
            @Arg(PATH) long path,
            @Arg(PATH) long name,
            @Arg(ADDRESS) long value,
            long size) {
        return Lookup.find(
                task,
                AtFlags.AT_FDCWD,
                path,
                AtFlags.AT_SYMLINK_NOFOLLOW,
                (walk, inode) -> get(task, inode, name, value, size));
    }

    @Syscall(nr = 10)
    static long fgetxattr(
            Task task, @Arg(FD) int fd, @Arg(PATH) long name, @Arg(ADDRESS) long value, long size) {
        return Files.with(
                task,
                fd,
                file ->
                        file.isPathOnly()
                                ? -Errno.EBADF
                                : get(task, file.inode(), name, value, size));
    }

    private static long get(Task task, Inode inode, long nameAddress, long value, long size) {
        String name = name(task, nameAddress);
        int result = XattrAccess.mayGet(task.credentials(), inode, name);
        if (result != 0) {
            return result;
        }
        byte[] bytes = inode.xattr(name);
        return bytes == null ? -Errno.ENODATA : output(task, bytes, bytes.length, value, size);
    }

    /** A size of 0 asks for the length only. */
    private static long output(Task task, byte[] bytes, int length, long address, long size) {
        if (size == 0) {
            return length;
        }
        if (Long.compareUnsigned(size, length) < 0) {
            return -Errno.ERANGE;
        }
        task.memory().write(address, bytes, 0, length);
        return length;
    }

    // ---- list ----

    @Syscall(nr = 11)
    static long listxattr(Task task, @Arg(PATH) long path, @Arg(ADDRESS) long list, long size) {
        return Lookup.find(
                task, AtFlags.AT_FDCWD, path, 0, (walk, inode) -> list(task, inode, list, size));
    }

    @Syscall(nr = 12)
    static long llistxattr(Task task, @Arg(PATH) long path, @Arg(ADDRESS) long list, long size) {
        return Lookup.find(
                task,
                AtFlags.AT_FDCWD,
                path,
                AtFlags.AT_SYMLINK_NOFOLLOW,
                (walk, inode) -> list(task, inode, list, size));
    }

    @Syscall(nr = 13)
    static long flistxattr(Task task, @Arg(FD) int fd, @Arg(ADDRESS) long list, long size) {
        return Files.with(
                task,
                fd,
                file -> file.isPathOnly() ? -Errno.EBADF : list(task, file.inode(), list, size));
    }

    private static long list(Task task, Inode inode, long list, long size) {
        StringBuilder names = new StringBuilder();
        for (String name : inode.xattrNames()) {
            if (XattrAccess.isListed(task.credentials(), name)) {
                names.append(name).append('\0');
            }
        }
        if (names.length() > LIST_MAX) {
            return -Errno.E2BIG;
        }
        byte[] bytes = names.toString().getBytes(StandardCharsets.ISO_8859_1);
        return output(task, bytes, bytes.length, list, size);
    }

    // ---- remove ----

    @Syscall(nr = 14)
    static long removexattr(Task task, @Arg(PATH) long path, @Arg(PATH) long name) {
        return Lookup.change(
                task, AtFlags.AT_FDCWD, path, 0, (walk, inode) -> remove(task, inode, name));
    }

    @Syscall(nr = 15)
    static long lremovexattr(Task task, @Arg(PATH) long path, @Arg(PATH) long name) {
        return Lookup.change(
                task,
                AtFlags.AT_FDCWD,
                path,
                AtFlags.AT_SYMLINK_NOFOLLOW,
                (walk, inode) -> remove(task, inode, name));
    }

    @Syscall(nr = 16)
    static long fremovexattr(Task task, @Arg(FD) int fd, @Arg(PATH) long name) {
        return Lookup.changeOpen(task, fd, file -> remove(task, file.inode(), name));
    }

    private static long remove(Task task, Inode inode, long nameAddress) {
        String name = name(task, nameAddress);
        int result = XattrAccess.maySet(task.credentials(), inode, name);
        return result != 0 ? result : inode.removeXattr(name);
    }
}
