package callgate.kernel.sys;

import callgate.kernel.abi.AtFlags;
import callgate.kernel.abi.Errno;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.Path;
import callgate.kernel.vfs.PathWalk;

/** How system calls come from a directory descriptor and a path to a place. */
final class Lookup {
    private Lookup() {}

    /**
     * What a path from guest memory is; an unreadable one is EFAULT, a long one ENAMETOOLONG, both
     * by ErrnoException.
     */
    static String path(Task task, long address) {
        return task.memory().readPath(address);
    }

    /** A walk from {@code directory}, for {@code path}; ErrnoException EBADF, ENOTDIR. */
    static PathWalk walk(Task task, int directory, String path) {
        return new PathWalk(task, task.fs(), start(task, directory, path));
    }

    /**
     * Where a walk starts: null is the working directory. An empty path may start at what is no
     * directory.
     */
    static Path start(Task task, int directory, String path) {
        return directory == AtFlags.AT_FDCWD || path.startsWith("/")
                ? null
                : task.files().startOf(directory, path);
    }

    /** Walk flags for AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH. */
    static int walkFlags(int atFlags) {
        return ((atFlags & AtFlags.AT_SYMLINK_NOFOLLOW) == 0 ? PathWalk.FOLLOW : 0)
                | ((atFlags & AtFlags.AT_EMPTY_PATH) != 0 ? PathWalk.ALLOW_EMPTY : 0);
    }

    /** What a call does with the inode that was found; the result is the call's. */
    @FunctionalInterface
    interface Action {
        long on(PathWalk walk, Inode inode);
    }

    /** Finds a place that exists and acts on it. */
    static long find(Task task, int directory, long pathAddress, int atFlags, Action action) {
        String path = path(task, pathAddress);
        PathWalk walk = walk(task, directory, path);
        int result = walk.walk(path, walkFlags(atFlags));
        return result != 0 ? result : action.on(walk, walk.inode());
    }

    /** As {@link #find}, for a change: EROFS if the mount is read-only. */
    static long change(Task task, int directory, long pathAddress, int atFlags, Action action) {
        return find(
                task,
                directory,
                pathAddress,
                atFlags,
                (walk, inode) -> walk.mount().isReadOnly() ? -Errno.EROFS : action.on(walk, inode));
    }

    /** As {@link #change}, for what is open; EBADF if it was opened with O_PATH. */
    static long changeOpen(Task task, int fd, Files.Operation operation) {
        return Files.with(
                task,
                fd,
                file -> {
                    if (file.isPathOnly()) {
                        return -Errno.EBADF;
                    }
                    boolean readOnly = file.path() != null && file.path().mount().isReadOnly();
                    return readOnly ? -Errno.EROFS : operation.on(file);
                });
    }
}
