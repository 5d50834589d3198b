package callgate.bench;

import callgate.image.tar.TarReader;
import callgate.kernel.fs.tar.LayerEntry;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Programs of the host, and the riscv64 benchmark programs as host files for an emulator. */
final class HostTools {
    private HostTools() {}

    /** A program in the host's PATH, or null. */
    static Path find(String name) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path file = Path.of(folder).resolve(name);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return file;
            }
        }
        return null;
    }

    /** Writes the riscv64 benchmark programs of the built-in image to a folder. */
    static Path unpackBench(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (InputStream tar =
                new BufferedInputStream(
                        HostTools.class.getResourceAsStream("/callgate/builtin.tar"))) {
            TarReader reader = new TarReader(tar, Long.MAX_VALUE);
            for (LayerEntry entry = reader.next(); entry != null; entry = reader.next()) {
                String name = entry.path();
                if (name.startsWith("bench/") && entry.size() > 0) {
                    Path file = folder.resolve(name.substring("bench/".length()));
                    try (OutputStream out = Files.newOutputStream(file)) {
                        reader.copyData(out);
                    }
                    file.toFile().setExecutable(true);
                }
            }
        }
        return folder;
    }
}
