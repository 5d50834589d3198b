package callgate.kernel;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.FileSystem;
import callgate.kernel.vfs.FsContext;
import callgate.kernel.vfs.Names;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.vfs.Open;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.vfs.PathWalk;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What the kernel itself does with its tree of files, as root: making mount points, mounting,
 * reading configuration.
 */
final class FileTree {
    private static final int LARGEST_CONFIGURATION = 4 << 20;

    private final Namespace namespace;
    private final Caller caller;
    private final FsContext fs;

    FileTree(Namespace namespace, Caller caller) {
        this.namespace = namespace;
        this.caller = caller;
        fs = new FsContext(namespace.root(), namespace.root(), 022);
    }

    private PathWalk walk() {
        return new PathWalk(caller, fs, null);
    }

    /** An existing place; null if there is none. */
    Path find(String path) {
        PathWalk walk = walk();
        return walk.walk(path, PathWalk.FOLLOW) == 0 ? walk.path() : null;
    }

    /** A directory, made with those above it if it is missing. */
    Path directory(String path, int permissions) {
        Path found = find(path);
        if (found != null) {
            return found;
        }
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            directory(path.substring(0, slash), 0755);
        }
        check(Names.mkdir(walk(), path, permissions));
        return find(path);
    }

    /** An empty file, if it is missing: a place to mount a file on. */
    Path file(String path) {
        Path found = find(path);
        if (found != null) {
            return found;
        }
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            directory(path.substring(0, slash), 0755);
        }
        open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT).release();
        return find(path);
    }

    void mount(FileSystem fileSystem, String path, String source, long flags) {
        check(namespace.mount(fileSystem, directory(path, 0755), source, flags));
    }

    void mountFile(FileSystem fileSystem, String path, String source, long flags) {
        check(namespace.mount(fileSystem, file(path), source, flags));
    }

    private OpenFile open(String path, int flags) {
        Open open = new Open(walk(), flags, 0644);
        OpenFile file = open.open(path);
        if (file == null) {
            throw new ErrnoException(-open.error());
        }
        return file;
    }

    /** A text file, or an empty text if it cannot be read. */
    String read(String path) {
        OpenFile file;
        try {
            file = open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        } catch (ErrnoException missing) {
            return "";
        }
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] chunk = new byte[8192];
            long count;
            while (bytes.size() < LARGEST_CONFIGURATION
                    && (count = file.read(caller, new HeapBuffer(chunk))) > 0) {
                bytes.write(chunk, 0, (int) count);
            }
            return bytes.toString(StandardCharsets.ISO_8859_1);
        } finally {
            file.release();
        }
    }

    private static void check(int result) {
        if (result < 0 && result != -Errno.EEXIST) {
            throw new ErrnoException(-result);
        }
    }
}
