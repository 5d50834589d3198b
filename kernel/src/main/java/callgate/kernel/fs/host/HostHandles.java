package callgate.kernel.fs.host;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Open directories of the host, the ones used last. Thread-safe. */
final class HostHandles implements AutoCloseable {
    /** Directories kept open; each takes two descriptors of the host. */
    private static final int LIMIT = 64;

    /** An open directory that somebody uses. */
    final class Handle implements AutoCloseable {
        final SecureDirectoryStream<Path> stream;
        private int users = 1;
        private boolean dropped;

        private Handle(SecureDirectoryStream<Path> stream) {
            this.stream = stream;
        }

        /** No longer used here; it may stay open for others. */
        @Override
        public void close() {
            synchronized (handles) {
                users--;
                closeIfUnused(this);
            }
        }
    }

    private final Map<HostDirectory, Handle> handles = new LinkedHashMap<>(LIMIT * 2, 0.75f, true);

    /**
     * Opens a directory of the host by its path, for the top of a mount.
     *
     * @throws IOException if it is none, or the host cannot hold directories open
     */
    static SecureDirectoryStream<Path> open(Path path) throws IOException {
        DirectoryStream<Path> stream = Files.newDirectoryStream(path);
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new IOException(
                "cannot share " + path + ": this host's Java cannot hold directories open safely");
    }

    /**
     * A directory's handle, for a try statement. ErrnoException if it is not where it was, or
     * cannot be opened.
     */
    Handle use(HostDirectory directory) {
        synchronized (handles) {
            Handle handle = handles.get(directory);
            if (handle != null) {
                handle.users++;
                return handle;
            }
        }
        directory.requireShallow();
        Handle opened = new Handle(HostErrors.call(() -> reopen(directory)));
        synchronized (handles) {
            Handle other = handles.putIfAbsent(directory, opened);
            if (other != null) {
                other.users++;
                opened.dropped = true;
                opened.users--;
                closeIfUnused(opened);
                return other;
            }
            evict();
            return opened;
        }
    }

    private SecureDirectoryStream<Path> reopen(HostDirectory directory) throws IOException {
        HostInode.Place place = directory.place();
        if (place == null) {
            return open(directory.fileSystem().top());
        }
        SecureDirectoryStream<Path> stream;
        try (Handle parent = use(place.directory())) {
            stream = parent.stream.newDirectoryStream(place.hostName(), LinkOption.NOFOLLOW_LINKS);
        }
        Object key =
                stream.getFileAttributeView(BasicFileAttributeView.class)
                        .readAttributes()
                        .fileKey();
        if (!key.equals(directory.key())) {
            stream.close();
            throw new ErrnoException(Errno.ESTALE);
        }
        return stream;
    }

    private void evict() {
        Iterator<Handle> oldest = handles.values().iterator();
        while (handles.size() > LIMIT && oldest.hasNext()) {
            Handle handle = oldest.next();
            if (handle.users == 0) {
                oldest.remove();
                handle.dropped = true;
                closeIfUnused(handle);
            }
        }
    }

    /** The directory is gone or moved: it is not kept open. */
    void drop(HostDirectory directory) {
        synchronized (handles) {
            Handle handle = handles.remove(directory);
            if (handle != null) {
                handle.dropped = true;
                closeIfUnused(handle);
            }
        }
    }

    private static void closeIfUnused(Handle handle) {
        if (handle.dropped && handle.users == 0) {
            HostErrors.run(handle.stream::close);
        }
    }

    @Override
    public void close() {
        synchronized (handles) {
            for (Handle handle : handles.values()) {
                handle.dropped = true;
                closeIfUnused(handle);
            }
            handles.clear();
        }
    }
}
