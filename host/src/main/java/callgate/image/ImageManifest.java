package callgate.image;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** The file that says what an image is. */
final class ImageManifest {
    static final String FILE_NAME = "image.properties";

    private static final String FORMAT = "1";
    private static final int MAX_LAYERS = 128;

    private ImageManifest() {}

    /** Writes it into the folder of an image whose layers are there. */
    static void write(Path folder, String source, int layers, Instant created) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("format", FORMAT);
        properties.setProperty("source", source);
        properties.setProperty("created", Long.toString(created.getEpochSecond()));
        properties.setProperty("layers", Integer.toString(layers));
        StringWriter text = new StringWriter();
        properties.store(text, null);
        Files.writeString(folder.resolve(FILE_NAME), text.toString());
    }

    /** Reads the image in a folder; empty when there is none that can be used. */
    static Optional<Image> read(Path folder) throws IOException {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(folder.resolve(FILE_NAME))));
        } catch (NoSuchFileException | IllegalArgumentException e) {
            return Optional.empty();
        }
        long count = number(properties, "layers");
        if (!FORMAT.equals(properties.getProperty("format")) || count < 1 || count > MAX_LAYERS) {
            return Optional.empty();
        }
        List<Layer> layers = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            Layer layer = layer(folder, i);
            if (!Files.isRegularFile(layer.tar())) {
                return Optional.empty();
            }
            bytes += Files.size(layer.tar());
            layers.add(layer);
        }
        return Optional.of(
                new Image(
                        folder.getFileName().toString(),
                        folder,
                        properties.getProperty("source", ""),
                        created(properties),
                        bytes,
                        List.copyOf(layers)));
    }

    static Layer layer(Path folder, int number) {
        return new Layer(
                folder.resolve("layer-" + number + ".tar"),
                folder.resolve("layer-" + number + ".index"));
    }

    private static Instant created(Properties properties) {
        return Instant.ofEpochSecond(number(properties, "created"));
    }

    /**
     * By hand, since it runs at each start: patterns and parsers of the library take longer to load
     * than the rest.
     */
    private static long number(Properties properties, String key) {
        long value = 0;
        String text = properties.getProperty(key, "");
        for (int i = 0; i < text.length() && i < 15; i++) {
            value = 10 * value + Math.clamp(text.charAt(i) - '0', 0, 9);
        }
        return value;
    }
}
