package callgate.kernel.fs.host;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.util.Map;

/** Turns the host's errors into the guest's. */
final class HostErrors {
    /** What the host's C library says, for errors that Java has no class for. */
    private static final Map<String, Integer> REASONS =
            Map.ofEntries(
                    Map.entry("Operation not permitted", Errno.EPERM),
                    Map.entry("No such file or directory", Errno.ENOENT),
                    Map.entry("Permission denied", Errno.EACCES),
                    Map.entry("File exists", Errno.EEXIST),
                    Map.entry("Not a directory", Errno.ENOTDIR),
                    Map.entry("Is a directory", Errno.EISDIR),
                    Map.entry("Invalid argument", Errno.EINVAL),
                    Map.entry("Invalid cross-device link", Errno.EXDEV),
                    Map.entry("Cross-device link", Errno.EXDEV),
                    Map.entry("Too many open files", Errno.EMFILE),
                    Map.entry("Too many open files in system", Errno.ENFILE),
                    Map.entry("Text file busy", Errno.ETXTBSY),
                    Map.entry("File too large", Errno.EFBIG),
                    Map.entry("No space left on device", Errno.ENOSPC),
                    Map.entry("Disk quota exceeded", Errno.EDQUOT),
                    Map.entry("Read-only file system", Errno.EROFS),
                    Map.entry("Too many links", Errno.EMLINK),
                    Map.entry("File name too long", Errno.ENAMETOOLONG),
                    Map.entry("Directory not empty", Errno.ENOTEMPTY),
                    Map.entry("Device or resource busy", Errno.EBUSY),
                    Map.entry("Too many levels of symbolic links", Errno.ELOOP),
                    Map.entry(
                            "Too many levels of symbolic links or unable to access attributes of symbolic link",
                            Errno.ELOOP));

    private HostErrors() {}

    /** Something done on the host. */
    @FunctionalInterface
    interface Action<T> {
        T run() throws IOException;
    }

    /** Does it, or throws the guest's error. */
    static <T> T call(Action<T> action) {
        try {
            return action.run();
        } catch (IOException e) {
            throw new ErrnoException(errno(e));
        } catch (InvalidPathException e) {
            throw new ErrnoException(Errno.EILSEQ);
        } catch (ClosedDirectoryStreamException e) {
            throw new ErrnoException(Errno.EIO);
        } catch (UnsupportedOperationException e) {
            throw new ErrnoException(Errno.EOPNOTSUPP);
        }
    }

    /** Something done on the host without a result. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    /** Does it; 0 or a negative errno. */
    static int run(Step step) {
        try {
            call(
                    () -> {
                        step.run();
                        return null;
                    });
            return 0;
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    static int errno(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> Errno.ENOENT;
            case FileAlreadyExistsException existing -> Errno.EEXIST;
            case AccessDeniedException denied -> Errno.EACCES;
            case DirectoryNotEmptyException full -> Errno.ENOTEMPTY;
            case NotDirectoryException other -> Errno.ENOTDIR;
            case NotLinkException replaced -> Errno.ENOENT; // the link that was there is gone
            case FileSystemException other ->
                    REASONS.getOrDefault(String.valueOf(other.getReason()), Errno.EIO);
            default -> REASONS.getOrDefault(String.valueOf(e.getMessage()), Errno.EIO);
        };
    }
}
