package callgate.image;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * An image in the store.
 *
 * @param name its name
 * @param folder where it is kept
 * @param source what it was made from, for people
 * @param created when
 * @param bytes size of its layers
 * @param layers the lowest first
 */
public record Image(
        String name, Path folder, String source, Instant created, long bytes, List<Layer> layers) {}
