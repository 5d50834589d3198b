package callgate.bench;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of the host, and the built-in image as a folder for an emulator. */
final class HostTools {
    private HostTools() {}

    /** A program in the host's PATH, or null. */
    static Path find(String name) {
        return find(
                name, List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)));
    }

    private static Path find(String name, List<String> folders) {
        for (String folder : folders) {
            Path file = Path.of(folder).resolve(name);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return file;
            }
        }
        return null;
    }

    /**
     * The host's own program for a command. The system's folders come first: what stands before
     * them in PATH may be a script that chooses among versions, and would be what is measured.
     *
     * @throws IOException if the host lacks it
     */
    static List<String> translate(List<String> command) throws IOException {
        Path program = find(command.getFirst(), List.of("/usr/bin", "/bin", "/usr/local/bin"));
        if (program == null) {
            program = find(command.getFirst());
        }
        if (program == null) {
            throw new IOException("this host has no " + command.getFirst());
        }
        List<String> translated = new ArrayList<>(command);
        translated.set(0, program.toString());
        return translated;
    }

    /** Unpacks the built-in image; the folder with its benchmark programs. */
    static Path unpackBench(Path folder) throws IOException {
        try (InputStream tar =
                new BufferedInputStream(
                        HostTools.class.getResourceAsStream("/callgate/builtin.tar"))) {
            RootFolder.unpack(tar, Long.MAX_VALUE, folder);
        }
        return folder.resolve("bench");
    }
}
