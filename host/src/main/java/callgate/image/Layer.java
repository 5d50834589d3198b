package callgate.image;

import callgate.image.report.ImageException;
import callgate.kernel.fs.tar.LayerFormatException;
import callgate.kernel.fs.tar.LayerIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * One layer of an image.
 *
 * @param tar plain tar with the data
 * @param index its index
 */
public record Layer(Path tar, Path index) {
    /**
     * Opens the index. It is made again when it is damaged, missing, of another version of the format, or of another
     * version of the tar.
     *
     * @throws ImageException the tar is missing or damaged
     */
    public LayerIndex open() throws IOException {
        try {
            long size = Files.size(tar);
            long stamp = TarIndexer.stamp(tar);
            LayerIndex found = openIfCurrent(size, stamp);
            if (found != null) {
                return found;
            }
            TarIndexer.index(tar, index);
            return LayerIndex.open(index);
        } catch (NoSuchFileException e) {
            throw new ImageException("the image layer " + e.getFile() + " is missing; remove the image and make it again", e);
        }
    }

    private LayerIndex openIfCurrent(long size, long stamp) throws IOException {
        try {
            LayerIndex found = LayerIndex.open(index);
            return found.tarBytes() == size && (found.tarStamp() == 0 || found.tarStamp() == stamp) ? found : null;
        } catch (LayerFormatException | NoSuchFileException e) {
            return null;
        }
    }
}
