package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.fs.overlay.OverlayFs;
import callgate.kernel.fs.tmpfs.TmpFs;
import callgate.kernel.mm.FramePool;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.wait.HostClock;
import callgate.kernel.wait.HostScheduler;
import callgate.machine.memory.PhysMem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A kernel's tree of files without the kernel, and short words for what tests do with it. Errors
 * are negative errnos.
 */
public final class Tree implements AutoCloseable {
    public static final HostClock CLOCK = new HostClock();

    public final PhysMem memory = PhysMem.temporary(64 << 20);
    public final FramePool frames = new FramePool(memory);
    private final HostScheduler scheduler = new HostScheduler(CLOCK, 2);
    public final Namespace namespace;
    public final FsContext fs;
    public final TestCaller root = caller(Credentials.of(0, 0));
    public final TestCaller user = caller(Credentials.of(1000, 1000));
    private TestCaller current = root;

    private Tree(RootMaker maker) {
        namespace = new Namespace(maker.make(frames), "root", 0);
        fs = new FsContext(namespace.root(), namespace.root(), 022);
    }

    /** Makes the file system at the root. */
    @FunctionalInterface
    public interface RootMaker {
        FileSystem make(FramePool frames);
    }

    public static Tree of(RootMaker maker) {
        return new Tree(maker);
    }

    public static Tree tmpfs() {
        return new Tree(frames -> newTmpFs(frames, 32 << 20));
    }

    public static TmpFs newTmpFs(FramePool frames, long sizeBytes) {
        HeapBudget budget = new HeapBudget(64 << 20);
        return new TmpFs(
                frames, CLOCK, DeviceNumber.of(0, 30), "tmpfs", 0755, sizeBytes, 10_000, budget);
    }

    /** An overlay over an empty layer. */
    public static Tree overlay() {
        return new Tree(
                frames ->
                        new OverlayFs(
                                CLOCK,
                                DeviceNumber.of(0, 31),
                                List.of(newTmpFs(frames, 0)),
                                newTmpFs(frames, 32 << 20)));
    }

    public TestCaller caller(Credentials credentials) {
        return new TestCaller(credentials, scheduler);
    }

    /** Acts as {@code who} from now on. */
    public Tree as(TestCaller who) {
        current = who;
        return this;
    }

    private PathWalk walk() {
        return new PathWalk(current, fs, null);
    }

    private static long errno(Supplier<Long> action) {
        try {
            return action.get();
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    // ---- names ----

    public long mkdir(String path) {
        return mkdir(path, 0777);
    }

    public long mkdir(String path, int mode) {
        return errno(() -> (long) Names.mkdir(walk(), path, mode & ~fs.umask()));
    }

    public long symlink(String target, String path) {
        return errno(() -> (long) Names.symlink(walk(), target, path));
    }

    public long mknod(String path, int mode, long device) {
        return errno(() -> (long) Names.mknod(walk(), path, mode, device));
    }

    public long link(String from, String to) {
        return errno(
                () -> {
                    PathWalk walk = walk();
                    int result = walk.walk(from, 0);
                    return result != 0 ? (long) result : (long) Names.link(walk(), walk.path(), to);
                });
    }

    public long unlink(String path) {
        return errno(() -> (long) Names.unlink(walk(), path));
    }

    public long rmdir(String path) {
        return errno(() -> (long) Names.rmdir(walk(), path));
    }

    public long rename(String from, String to) {
        return rename(from, to, 0);
    }

    public long rename(String from, String to, int flags) {
        return errno(() -> (long) Rename.rename(walk(), from, walk(), to, flags));
    }

    // ---- finding ----

    public long lookup(String path) {
        return errno(() -> (long) walk().walk(path, PathWalk.FOLLOW));
    }

    public long lookup(String path, Path start, int resolve) {
        return errno(
                () -> {
                    PathWalk walk =
                            new PathWalk(current, current.credentials(), fs, start, resolve);
                    return (long) walk.walk(path, PathWalk.FOLLOW);
                });
    }

    public Path path(String path) {
        PathWalk walk = walk();
        int result = walk.walk(path, PathWalk.FOLLOW);
        if (result != 0) {
            throw new AssertionError(path + ": " + Errno.name(-result));
        }
        return walk.path();
    }

    public Inode inode(String path) {
        return path(path).inode();
    }

    public Inode linkInode(String path) {
        PathWalk walk = walk();
        int result = walk.walk(path, 0);
        if (result != 0) {
            throw new AssertionError(path + ": " + Errno.name(-result));
        }
        return walk.inode();
    }

    public String nameOf(Path path) {
        return Namespace.nameOf(path, fs.root());
    }

    // ---- open files ----

    public OpenFile open(String path, int flags) {
        Open open = new Open(walk(), flags, 0666 & ~fs.umask());
        OpenFile file = open.open(path);
        if (file == null) {
            throw new AssertionError(path + ": " + Errno.name(-open.error()));
        }
        return file;
    }

    /** 0, or why it cannot be opened. */
    public long tryOpen(String path, int flags) {
        return errno(
                () -> {
                    Open open = new Open(walk(), flags, 0666 & ~fs.umask());
                    OpenFile file = open.open(path);
                    if (file != null) {
                        file.release();
                    }
                    return (long) open.error();
                });
    }

    public long write(OpenFile file, String text) {
        return errno(() -> file.write(current, new HeapBuffer(bytes(text))));
    }

    public long writeAt(OpenFile file, String text, long offset) {
        return errno(() -> file.writeAt(current, new HeapBuffer(bytes(text)), offset));
    }

    public String read(OpenFile file, int length) {
        byte[] bytes = new byte[length];
        long count = file.read(current, new HeapBuffer(bytes));
        return count < 0 ? Errno.name((int) -count) : text(bytes, (int) count);
    }

    public String readAt(OpenFile file, int length, long offset) {
        byte[] bytes = new byte[length];
        long count = file.readAt(current, new HeapBuffer(bytes), offset);
        return count < 0 ? Errno.name((int) -count) : text(bytes, (int) count);
    }

    public void put(String path, String text) {
        OpenFile file = open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC);
        long count = write(file, text);
        file.release();
        if (count != text.length()) {
            throw new AssertionError("wrote " + count);
        }
    }

    public String get(String path) {
        OpenFile file = open(path, OpenFlags.O_RDONLY);
        try {
            return read(file, 1 << 20);
        } finally {
            file.release();
        }
    }

    public List<String> list(String path) {
        OpenFile file = open(path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        List<String> names = new ArrayList<>();
        long result = file.list(current, (name, number, type, next) -> names.add(name));
        file.release();
        if (result != 0) {
            throw new AssertionError("list " + path + ": " + Errno.name((int) -result));
        }
        names.remove(".");
        names.remove("..");
        names.sort(null);
        return names;
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** A directory's mode for {@link #mknod}: none. */
    public static int fifo(int permissions) {
        return Mode.S_IFIFO | permissions;
    }

    @Override
    public void close() {
        scheduler.close();
        memory.close();
    }
}
