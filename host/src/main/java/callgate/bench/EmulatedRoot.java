package callgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Commands of an image for qemu-riscv64: the program by its place on the host, paths below the
 * image's root by {@code -L}. A program that starts others needs help, since the host's kernel does
 * not run riscv64 programs (unless binfmt_misc says how): gcc finds scripts in a folder that it is
 * told of, which start the compiler proper and the assembler in the emulator.
 */
final class EmulatedRoot implements HostPeer.Commands {
    /** Makes the image's root. */
    interface Maker {
        Path make() throws IOException;
    }

    private final List<String> emulator;
    private final Path scripts;
    private final Maker maker;
    private Path root;
    private String failure;

    /**
     * @param emulator the words of the emulator itself
     * @param scripts a folder to be made for scripts
     * @param maker makes the root when it is first needed
     */
    EmulatedRoot(List<String> emulator, Path scripts, Maker maker) {
        this.emulator = List.copyOf(emulator);
        this.scripts = scripts;
        this.maker = maker;
    }

    @Override
    public List<String> translate(List<String> command) throws IOException {
        prepare();
        String name = command.getFirst();
        List<String> translated = emulated(program("usr/bin/" + name, "bin/" + name));
        if (name.equals("gcc")) {
            writeScripts();
            translated.addAll(List.of("-B", scripts + "/"));
        }
        translated.addAll(command.subList(1, command.size()));
        return translated;
    }

    private void prepare() throws IOException {
        if (root == null && failure == null) {
            try {
                root = maker.make();
            } catch (IOException e) {
                failure = e.getMessage();
            }
        }
        if (failure != null) {
            throw new IOException(failure);
        }
    }

    private List<String> emulated(Path program) {
        List<String> words = new ArrayList<>(emulator);
        words.addAll(List.of("-L", root.toString(), program.toString()));
        return words;
    }

    private Path program(String... places) throws IOException {
        for (String place : places) {
            if (Files.isRegularFile(root.resolve(place))) {
                return root.resolve(place);
            }
        }
        throw new IOException("the image has no " + places[0]);
    }

    private void writeScripts() throws IOException {
        Files.createDirectories(scripts);
        writeScript("cc1", compiler());
        writeScript("as", program("usr/bin/as", "usr/bin/riscv64-linux-gnu-as"));
    }

    private Path compiler() throws IOException {
        for (String folder : List.of("usr/libexec/gcc", "usr/lib/gcc")) {
            if (!Files.isDirectory(root.resolve(folder))) {
                continue;
            }
            try (Stream<Path> files = Files.walk(root.resolve(folder), 3)) {
                var found = files.filter(it -> it.endsWith("cc1")).findFirst();
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        throw new IOException("the image has no cc1");
    }

    private void writeScript(String name, Path program) throws IOException {
        StringBuilder words = new StringBuilder("#!/bin/sh\nexec");
        for (String word : emulated(program)) {
            words.append(" '").append(word.replace("'", "'\\''")).append('\'');
        }
        Path script = scripts.resolve(name);
        Files.writeString(script, words + " \"$@\"\n");
        if (!script.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + script + " executable");
        }
    }
}
