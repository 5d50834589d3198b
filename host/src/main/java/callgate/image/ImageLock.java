package callgate.image;

import callgate.image.report.ImageException;
import callgate.image.report.Progress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Held while an image is made, replaced or removed, against other threads and other processes. */
final class ImageLock implements AutoCloseable {
    private static final long POLL_MILLIS = 100;

    private final FileChannel file;

    private ImageLock(FileChannel file) {
        this.file = file;
    }

    /**
     * Waits until the lock is free, and says so. The file stays, since removing it would race with
     * others.
     */
    static ImageLock acquire(Path lockFile, String imageName, Progress progress)
            throws IOException {
        FileChannel file =
                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            boolean told = false;
            while (tryLock(file) == null) {
                if (!told) {
                    progress.line("waiting: another run is making the image \"" + imageName + "\"");
                    told = true;
                }
                Thread.sleep(POLL_MILLIS);
            }
            return new ImageLock(file);
        } catch (InterruptedException e) {
            file.close();
            Thread.currentThread().interrupt();
            throw new ImageException(
                    "interrupted while waiting for the image \"" + imageName + "\"", e);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another thread of this process has it
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
