package callgate.kernel.fs.host;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.vfs.DirectoryEmitter;
import callgate.kernel.vfs.Inode;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A directory of the host. */
final class HostDirectory extends HostInode {
    /** Listing offsets below it stand for {@code .} and {@code ..}. */
    private static final int FIRST_OFFSET = 2;

    /**
     * Names of the current listing; a position keeps its name until a listing begins anew. Guarded
     * by itself.
     */
    private final List<String> listing = new ArrayList<>();

    HostDirectory(HostFs fileSystem, HostAttributes attributes, Place place) {
        super(fileSystem, attributes, place);
    }

    private HostHandles.Handle use() {
        return fileSystem().handles().use(this);
    }

    private Path hostName(String name) {
        return HostNames.toHost(fileSystem().top(), name);
    }

    // ---- looking up ----

    /** What the host says of a name, or null if there is none. */
    HostAttributes attributes(String name) {
        Path hostName;
        try {
            hostName = hostName(name);
        } catch (ErrnoException e) {
            return null; // no name of the host: nothing has it
        }
        fileSystem().pathLock().readLock().lock();
        try (HostHandles.Handle handle = use()) {
            return HostErrors.call(
                    () -> {
                        try {
                            PosixFileAttributeView view =
                                    handle.stream.getFileAttributeView(
                                            hostName,
                                            PosixFileAttributeView.class,
                                            LinkOption.NOFOLLOW_LINKS);
                            return HostAttributes.of(
                                    view.readAttributes(), wholePath().resolve(hostName));
                        } catch (NoSuchFileException e) {
                            return null;
                        }
                    });
        } finally {
            fileSystem().pathLock().readLock().unlock();
        }
    }

    @Override
    public Inode lookup(String name) {
        HostAttributes attributes = attributes(name);
        return attributes == null ? null : fileSystem().inode(attributes, new Place(this, name));
    }

    private Inode found(String name) {
        Inode inode = lookup(name);
        if (inode == null) {
            throw new ErrnoException(Errno.ENOENT);
        }
        refresh();
        return inode;
    }

    // ---- making ----

    @Override
    public Inode create(String name, int mode, int uid, int gid, long device) {
        requireWritable();
        switch (mode & Mode.S_IFMT) {
            case Mode.S_IFREG -> createFile(hostName(name), mode);
            case Mode.S_IFDIR ->
                    publish(
                            name,
                            temporary ->
                                    Files.createDirectory(
                                            temporary,
                                            PosixFilePermissions.asFileAttribute(
                                                    HostAttributes.permissions(mode))));
            default -> throw new ErrnoException(Errno.EPERM);
        }
        return found(name);
    }

    private void createFile(Path hostName, int mode) {
        try (HostHandles.Handle handle = use()) {
            HostErrors.call(
                    () -> {
                        handle.stream
                                .newByteChannel(
                                        hostName,
                                        Set.of(
                                                StandardOpenOption.CREATE_NEW,
                                                StandardOpenOption.WRITE,
                                                LinkOption.NOFOLLOW_LINKS),
                                        PosixFilePermissions.asFileAttribute(
                                                HostAttributes.permissions(mode)))
                                .close();
                        return null;
                    });
        }
    }

    private void requireWritable() {
        if (fileSystem().isReadOnly()) {
            throw new ErrnoException(Errno.EROFS);
        }
    }

    /** Makes something at a path of the host. */
    @FunctionalInterface
    private interface Maker {
        void make(Path path) throws IOException;
    }

    /**
     * Makes something under a temporary name, then moves it to its own through open directories.
     */
    private void publish(String name, Maker maker) {
        Path hostName = hostName(name);
        HostFs fs = fileSystem();
        fs.pathLock().writeLock().lock();
        try (HostHandles.Handle here = use()) {
            if (attributes(name) != null) {
                throw new ErrnoException(Errno.EEXIST);
            }
            try (HostHandles.Handle top = fs.handles().use((HostDirectory) fs.root())) {
                publish(top.stream, fs.top(), here.stream, hostName, maker);
            } catch (ErrnoException e) {
                if (this == fs.root() || !isAboutTop(e.errno())) {
                    throw e;
                }
                // the top directory is another's, or on another file system: make it beside its
                // place
                publish(here.stream, wholePath(), here.stream, hostName, maker);
            }
        } finally {
            fs.pathLock().writeLock().unlock();
        }
    }

    private static boolean isAboutTop(int errno) {
        return errno == Errno.EACCES
                || errno == Errno.EPERM
                || errno == Errno.EROFS
                || errno == Errno.EXDEV;
    }

    /**
     * Makes something in a directory known by path and as open one; it must turn up in the open
     * one.
     */
    private void publish(
            SecureDirectoryStream<Path> stream,
            Path path,
            SecureDirectoryStream<Path> target,
            Path hostName,
            Maker maker) {
        Path temporary = fileSystem().temporaryName();
        HostErrors.call(
                () -> {
                    maker.make(path.resolve(temporary));
                    return null;
                });
        int result = HostErrors.run(() -> stream.move(temporary, target, hostName));
        if (result
                == -Errno
                        .ENOENT) { // the path led elsewhere: somebody on the host moved directories
            HostErrors.run(() -> Files.delete(path.resolve(temporary)));
        }
        if (result != 0) {
            discard(stream, temporary);
            throw new ErrnoException(-result);
        }
    }

    private static void discard(SecureDirectoryStream<Path> top, Path temporary) {
        if (HostErrors.run(() -> top.deleteFile(temporary)) != 0) {
            HostErrors.run(() -> top.deleteDirectory(temporary));
        }
    }

    @Override
    public Inode symlink(String name, String target, int uid, int gid) {
        requireWritable();
        Path to =
                HostErrors.call(
                        () -> fileSystem().top().getFileSystem().getPath(HostNames.text(target)));
        if (!HostNames.bytes(to.toString()).equals(target)) {
            throw new ErrnoException(
                    Errno.EINVAL); // Java would store another text: doubled or trailing slashes
        }
        publish(name, temporary -> Files.createSymbolicLink(temporary, to));
        return found(name);
    }

    @Override
    public int link(String name, Inode target) {
        requireWritable();
        HostInode existing = (HostInode) target;
        if (existing.isSymlink() && !fileSystem().linksAnything()) {
            return -Errno.EPERM; // the host might follow it
        }
        publish(
                name,
                temporary -> {
                    Files.createLink(temporary, existing.wholePath());
                    Object made =
                            Files.readAttributes(
                                            temporary,
                                            java.nio.file.attribute.BasicFileAttributes.class,
                                            LinkOption.NOFOLLOW_LINKS)
                                    .fileKey();
                    if (!existing.key().equals(made)) {
                        Files.delete(temporary);
                        throw new ErrnoException(Errno.ENOENT);
                    }
                });
        existing.refresh();
        return refresh();
    }

    // ---- removing ----

    @Override
    public int unlink(String name, Inode child) {
        int result = remove(handle -> handle.stream.deleteFile(hostName(name)));
        if (result == 0) {
            ((HostInode) child).lostName();
        }
        return result;
    }

    @Override
    public int rmdir(String name, Inode child) {
        int result = remove(handle -> handle.stream.deleteDirectory(hostName(name)));
        if (result == 0) {
            fileSystem().handles().drop((HostDirectory) child);
            ((HostInode) child).lostName();
        }
        return result;
    }

    private interface Removal {
        void on(HostHandles.Handle handle) throws IOException;
    }

    private int remove(Removal removal) {
        requireWritable();
        try (HostHandles.Handle handle = use()) {
            int result = HostErrors.run(() -> removal.on(handle));
            return result == 0 ? refresh() : result;
        }
    }

    @Override
    public int rename(
            String name,
            Inode child,
            Inode newDirectory,
            String newName,
            Inode replaced,
            Exchange exchange) {
        requireWritable();
        if (exchange == Exchange.YES) {
            return -Errno.EINVAL;
        }
        HostDirectory to = (HostDirectory) newDirectory;
        Path from = hostName(name);
        Path target = hostName(newName);
        HostFs fs = fileSystem();
        fs.pathLock().writeLock().lock();
        try (HostHandles.Handle here = use();
                HostHandles.Handle there = to.use()) {
            int result = HostErrors.run(() -> here.stream.move(from, there.stream, target));
            if (result == 0) {
                ((HostInode) child).moved(new Place(to, newName));
                if (replaced instanceof HostDirectory directory) {
                    fs.handles().drop(directory);
                }
            }
            return result;
        } finally {
            fs.pathLock().writeLock().unlock();
        }
    }

    // ---- listing ----

    @Override
    public long list(long offset, DirectoryEmitter emitter) {
        synchronized (listing) {
            if (offset <= FIRST_OFFSET || listing.isEmpty()) {
                readNames();
            }
            for (long position = Math.max(0, offset - FIRST_OFFSET);
                    position < listing.size();
                    position++) {
                String name = listing.get((int) position);
                HostAttributes attributes = attributes(name);
                if (attributes == null) {
                    continue; // gone meanwhile
                }
                int type = attributes.mode() >>> 12;
                if (!emitter.emit(name, attributes.number(), type, position + FIRST_OFFSET + 1)) {
                    break;
                }
            }
            return 0;
        }
    }

    /**
     * Reads all names; those known from before keep their positions, so that a listing under way
     * stays right.
     */
    private void readNames() {
        Map<String, Boolean> now = new HashMap<>();
        try (HostHandles.Handle handle = use()) {
            HostErrors.call(
                    () -> {
                        Path self = fileSystem().top().getFileSystem().getPath(".");
                        try (DirectoryStream<Path> names =
                                handle.stream.newDirectoryStream(self, LinkOption.NOFOLLOW_LINKS)) {
                            for (Path path : names) {
                                String name = HostNames.toGuest(path.getFileName());
                                if (name != null) {
                                    now.put(name, Boolean.TRUE);
                                }
                            }
                        } catch (DirectoryIteratorException e) {
                            throw e.getCause();
                        }
                        return null;
                    });
        }
        listing.removeIf(name -> !now.containsKey(name));
        listing.forEach(now::remove);
        listing.addAll(now.keySet());
    }

    @Override
    public int sync() {
        return 0;
    }
}
