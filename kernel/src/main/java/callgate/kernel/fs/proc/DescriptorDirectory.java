package callgate.kernel.fs.proc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.FileTable;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /proc/PID/fd}, links to what descriptors refer to, or {@code /proc/PID/fdinfo}, texts
 * about them.
 */
final class DescriptorDirectory extends ProcDirectory {
    /** Which of the two. */
    enum Kind {
        LINKS,
        INFO
    }

    private final ProcessFiles process;
    private final Namespace namespace;
    private final Kind kind;

    DescriptorDirectory(
            ProcFs fileSystem, String key, ProcessFiles process, Namespace namespace, Kind kind) {
        super(
                fileSystem,
                key,
                0500,
                process.task().credentials().euid(),
                process.task().credentials().egid());
        this.process = process;
        this.namespace = namespace;
        this.kind = kind;
    }

    private FileTable files() {
        Task task = process.task();
        FileTable files = task.files();
        if (files == null) {
            throw new ErrnoException(Errno.ESRCH);
        }
        return files;
    }

    /** The open file of a descriptor with a reference added; ENOENT if it was closed meanwhile. */
    private OpenFile file(int fd) {
        OpenFile file = files().get(fd);
        if (file == null) {
            throw new ErrnoException(Errno.ENOENT);
        }
        return file;
    }

    @Override
    ProcNode find(String name) {
        int fd = ProcRoot.parseNumber(name);
        OpenFile file = fd < 0 ? null : files().get(fd);
        if (file == null) {
            return null;
        }
        int permissions = (file.isReadable() ? 0500 : 0) | (file.isWritable() ? 0300 : 0);
        file.release();
        return switch (kind) {
            case LINKS ->
                    new ProcLink(
                            proc(),
                            childKey(name),
                            permissions,
                            uid(),
                            gid(),
                            caller -> name(path(fd)),
                            caller -> jump(caller, fd));
            case INFO ->
                    new ProcText(
                            proc(), childKey(name), 0400, uid(), gid(), caller -> info(fd), null);
        };
    }

    private Path path(int fd) {
        OpenFile file = file(fd);
        try {
            return file.path();
        } finally {
            file.release();
        }
    }

    private Path jump(Caller caller, int fd) {
        process.allowInspection(caller);
        return path(fd);
    }

    private String name(Path path) {
        return path == null ? null : Namespace.nameOf(path, namespace.root());
    }

    private String info(int fd) {
        OpenFile file = file(fd);
        try {
            int flags = file.flags() | (files().closeOnExec(fd) ? OpenFlags.O_CLOEXEC : 0);
            long position = file.seek(process.task(), 0, 1);
            return "pos:\t"
                    + Math.max(0, position)
                    + "\nflags:\t0"
                    + Integer.toOctalString(flags)
                    + "\nmnt_id:\t"
                    + (file.path() == null ? 0 : file.path().mount().id())
                    + "\nino:\t"
                    + file.inode().number()
                    + "\n";
        } finally {
            file.release();
        }
    }

    @Override
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        FileTable files = files();
        int type = kind == Kind.LINKS ? Mode.S_IFLNK : Mode.S_IFREG;
        for (int fd = 0; fd < files.size(); fd++) {
            OpenFile file = files.get(fd);
            if (file != null) {
                file.release();
                entries.add(new Entry(Integer.toString(fd), fd, type));
            }
        }
        return entries;
    }
}
