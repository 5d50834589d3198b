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
     * Makes the index again if it is missing, of another version of the format, or of another
     * version of the tar.
     *
     * @throws ImageException the tar is missing or damaged
     */
    public void update() throws IOException {
        try {
            if (!LayerIndex.isCurrent(index, Files.size(tar), TarIndexer.stamp(tar))) {
                TarIndexer.index(tar, index);
            }
        } catch (NoSuchFileException e) {
            throw new ImageException(
                    "the image layer "
                            + e.getFile()
                            + " is missing; remove the image and make it again",
                    e);
        }
    }

    /**
     * Opens the index; it is made again as {@link #update} says, and when it is damaged.
     *
     * @throws ImageException the tar is missing or damaged
     */
    public LayerIndex open() throws IOException {
        update();
        try {
            return LayerIndex.open(index);
        } catch (LayerFormatException e) {
            TarIndexer.index(tar, index);
            return LayerIndex.open(index);
        }
    }
}
