package callgate.image;

import java.nio.file.Path;
import java.util.List;

/** Where the root filesystem of a run comes from. */
public sealed interface ImageSource {
    /** Tar layers, the lowest first. */
    record Layers(List<Layer> layers) implements ImageSource {}

    /** A directory of the host, seen as it is. */
    record HostDirectory(Path directory) implements ImageSource {}
}
