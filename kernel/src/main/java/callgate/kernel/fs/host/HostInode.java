package callgate.kernel.fs.host;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.vfs.Inode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A file of the host, known by its identity, and found where it was seen last. */
sealed class HostInode extends Inode permits HostDirectory, HostFile {
    /** A name in a directory. */
    record Place(HostDirectory directory, String name) {
        Path hostName() {
            return HostNames.toHost(directory.fileSystem().top(), name);
        }
    }

    /**
     * Directories within each other: more than a path of the host can name, few enough to be
     * followed on a thread's stack.
     */
    static final int DEPTH_LIMIT = 1024;

    private final HostFs fileSystem;
    private final Object key;
    private final long number;
    private volatile Place place;
    private volatile long size;

    HostInode(HostFs fileSystem, HostAttributes attributes, Place place) {
        super(attributes.mode(), attributes.uid(), attributes.gid());
        this.fileSystem = fileSystem;
        this.place = place;
        key = attributes.key();
        number = attributes.number();
        take(attributes);
    }

    static HostInode make(HostFs fileSystem, HostAttributes attributes, Place place) {
        return switch (attributes.mode() & Mode.S_IFMT) {
            case Mode.S_IFDIR -> new HostDirectory(fileSystem, attributes, place);
            case Mode.S_IFREG -> new HostFile(fileSystem, attributes, place);
            default -> new HostInode(fileSystem, attributes, place);
        };
    }

    private void take(HostAttributes attributes) {
        initMode(attributes.mode());
        initOwner(attributes.uid(), attributes.gid());
        initLinks(attributes.links());
        initTimes(attributes.access(), attributes.modify(), attributes.change());
        size = attributes.size();
    }

    /** It was seen again, perhaps elsewhere. */
    void found(HostAttributes attributes, Place where) {
        if (place != null) {
            place = where;
        }
        take(attributes);
    }

    boolean isOfType(HostAttributes attributes) {
        return type() == (attributes.mode() & Mode.S_IFMT);
    }

    @Override
    public final HostFs fileSystem() {
        return fileSystem;
    }

    @Override
    public final long number() {
        return number;
    }

    final Object key() {
        return key;
    }

    /** Where it was seen last; null for the top directory. */
    final Place place() {
        return place;
    }

    final void moved(Place where) {
        place = where;
    }

    /** A name of it was taken away; the last one of a directory with its own two. */
    final void lostName() {
        initLinks(isDirectory() ? 0 : Math.max(0, links() - 1));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long blocks() {
        return (size() + 511) / 512;
    }

    @Override
    public void touchAccess(long now) {} // the host's own business

    /**
     * ENAMETOOLONG by ErrnoException if it is below too many directories: a guest may nest them
     * without end.
     */
    final void requireShallow() {
        int depth = 0;
        for (Place at = place; at != null; at = at.directory().place()) {
            if (++depth > DEPTH_LIMIT) {
                throw new ErrnoException(Errno.ENAMETOOLONG);
            }
        }
    }

    /** The whole path, for what Java cannot do otherwise; see the package's description. */
    final Path wholePath() {
        requireShallow();
        List<String> names = new ArrayList<>();
        for (Place at = place; at != null; at = at.directory().place()) {
            names.add(at.hostName().toString());
        }
        Path top = fileSystem.top();
        return names.isEmpty()
                ? top
                : top.resolve(
                        top.getFileSystem().getPath("", names.reversed().toArray(String[]::new)));
    }

    // ---- attributes ----

    @Override
    public int refresh() {
        Place at = place;
        if (at == null) {
            return 0;
        }
        try {
            HostAttributes now = at.directory().attributes(at.name());
            if (now != null && now.key().equals(key)) {
                take(now);
            }
            return 0;
        } catch (ErrnoException e) {
            return 0; // it has no name any more: the last attributes stay
        }
    }

    /** What to do with the file's attributes on the host. */
    @FunctionalInterface
    interface Change {
        void on(PosixFileAttributeView view) throws IOException;
    }

    /**
     * Changes attributes through the directory that holds it open, never through a link; 0 or a
     * negative errno.
     */
    private int change(Change change) {
        if (fileSystem.isReadOnly()) {
            return -Errno.EROFS;
        }
        if (!isRegular() && !isDirectory()) {
            return -Errno.EPERM; // would have to be opened
        }
        Place at = place;
        int result =
                HostErrors.run(
                        () -> {
                            if (at == null) {
                                try (HostHandles.Handle handle =
                                        fileSystem.handles().use((HostDirectory) this)) {
                                    change.on(
                                            handle.stream.getFileAttributeView(
                                                    PosixFileAttributeView.class));
                                }
                                return;
                            }
                            HostAttributes now = at.directory().attributes(at.name());
                            if (now == null || !now.key().equals(key)) {
                                throw new ErrnoException(Errno.ENOENT);
                            }
                            try (HostHandles.Handle handle =
                                    fileSystem.handles().use(at.directory())) {
                                change.on(
                                        handle.stream.getFileAttributeView(
                                                at.hostName(),
                                                PosixFileAttributeView.class,
                                                LinkOption.NOFOLLOW_LINKS));
                            }
                        });
        return result == 0 ? refresh() : result;
    }

    /** The set-id and sticky bits cannot be set on the host; they are ignored. */
    @Override
    public int setMode(int permissions) {
        return change(view -> view.setPermissions(HostAttributes.permissions(permissions)));
    }

    /** Files of the host keep their owners. */
    @Override
    public int setOwner(int newUid, int newGid) {
        if (fileSystem.isReadOnly()) {
            return -Errno.EROFS;
        }
        boolean same = (newUid == KEEP || newUid == uid()) && (newGid == KEEP || newGid == gid());
        return same ? 0 : -Errno.EPERM;
    }

    @Override
    public int setTimes(long access, long modify) {
        if (isSymlink()) {
            return throughTop(
                    path ->
                            Files.getFileAttributeView(
                                            path,
                                            BasicFileAttributeView.class,
                                            LinkOption.NOFOLLOW_LINKS)
                                    .setTimes(time(modify), time(access), null));
        }
        return change(view -> view.setTimes(time(modify), time(access), null));
    }

    private static FileTime time(long nanos) {
        return nanos == OMIT ? null : FileTime.from(nanos, TimeUnit.NANOSECONDS);
    }

    // ---- symbolic links ----

    @Override
    public String readlink() {
        Place at = place;
        if (!isSymlink() || at == null) {
            throw new ErrnoException(Errno.EINVAL);
        }
        String bytes = HostNames.toGuest(byWholePath(Files::readSymbolicLink));
        if (bytes == null) {
            throw new ErrnoException(Errno.EIO);
        }
        return bytes;
    }

    // ---- what Java does by a path only ----

    /** Something done at a path of the host. */
    @FunctionalInterface
    interface PathStep {
        void at(Path path) throws IOException;
    }

    /**
     * Does something to the file by another name of it, made for that in the top directory, whose
     * path no guest can change; 0 or a negative errno.
     */
    final int throughTop(PathStep step) {
        if (fileSystem.isReadOnly()) {
            return -Errno.EROFS;
        }
        if (!fileSystem.linksAnything() && !isRegular() || isDirectory()) {
            return -Errno.EPERM;
        }
        fileSystem.pathLock().writeLock().lock();
        try (HostHandles.Handle top = fileSystem.handles().use((HostDirectory) fileSystem.root())) {
            Path name = fileSystem.temporaryName();
            Path path = fileSystem.top().resolve(name);
            int result = HostErrors.run(() -> Files.createLink(path, wholePath()));
            if (result != 0) {
                return result;
            }
            try {
                requireSame(path);
                result = HostErrors.run(() -> step.at(path));
                if (result != 0) {
                    return result;
                }
            } finally {
                HostErrors.run(() -> top.stream.deleteFile(name));
            }
        } catch (ErrnoException e) {
            return -e.errno();
        } finally {
            fileSystem.pathLock().writeLock().unlock();
        }
        return refresh();
    }

    /** Something read at a path of the host. */
    @FunctionalInterface
    interface PathRead<T> {
        T at(Path path) throws IOException;
    }

    /** Reads something by the whole path, if that leads to this file before and after. */
    final <T> T byWholePath(PathRead<T> read) {
        fileSystem.pathLock().readLock().lock();
        try {
            Path path = wholePath();
            requireSame(path);
            T result = HostErrors.call(() -> read.at(path));
            requireSame(path);
            return result;
        } finally {
            fileSystem.pathLock().readLock().unlock();
        }
    }

    private void requireSame(Path path) {
        Object found =
                HostErrors.call(
                        () ->
                                Files.readAttributes(
                                                path,
                                                java.nio.file.attribute.BasicFileAttributes.class,
                                                LinkOption.NOFOLLOW_LINKS)
                                        .fileKey());
        if (!key.equals(found)) {
            throw new ErrnoException(Errno.ENOENT);
        }
    }
}
