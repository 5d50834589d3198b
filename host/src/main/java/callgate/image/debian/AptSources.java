package callgate.image.debian;

import callgate.image.report.ImageException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds a mirror of Debian in the host's apt configuration, sources.list(5). */
final class AptSources {
    /**
     * One archive that apt uses.
     *
     * @param mirror address of the archive's root
     * @param keyring the file of its keys, if the entry names one that exists
     */
    record Mirror(URI mirror, Optional<Path> keyring) {}

    private final Path etcApt;

    /** Reads below a folder, {@code /etc/apt} as a rule; it need not exist. */
    AptSources(Path etcApt) {
        this.etcApt = etcApt;
    }

    /** The first entry for Debian's main archive, no matter of which release. */
    Optional<Mirror> debianMirror() throws IOException {
        List<Path> files = new ArrayList<>(List.of(etcApt.resolve("sources.list")));
        Path parts = etcApt.resolve("sources.list.d");
        if (Files.isDirectory(parts)) {
            try (Stream<Path> found = Files.list(parts)) {
                found.sorted().forEach(files::add);
            }
        }
        for (Path file : files) {
            Optional<Mirror> mirror = Optional.empty();
            if (file.toString().endsWith(".list") && Files.isReadable(file)) {
                mirror = fromList(read(file));
            } else if (file.toString().endsWith(".sources") && Files.isReadable(file)) {
                mirror = fromSources(read(file));
            }
            if (mirror.isPresent()) {
                return mirror;
            }
        }
        return Optional.empty();
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** One entry a line: {@code deb [options] address suite component...}. */
    private static Optional<Mirror> fromList(String text) {
        for (String raw : text.split("\n")) {
            String line = raw.replaceFirst("#.*", "").strip();
            if (!line.startsWith("deb ") && !line.startsWith("deb\t")) {
                continue;
            }
            String rest = line.substring(4).strip();
            String options = "";
            if (rest.startsWith("[") && rest.contains("]")) {
                options = rest.substring(1, rest.indexOf(']'));
                rest = rest.substring(rest.indexOf(']') + 1).strip();
            }
            List<String> words = List.of(rest.split("\\s+"));
            if (words.size() >= 3
                    && isDebianMain(
                            words.get(0), words.subList(1, 2), words.subList(2, words.size()))) {
                String signedBy =
                        Arrays.stream(options.split("\\s+"))
                                .filter(o -> o.startsWith("signed-by="))
                                .map(o -> o.substring("signed-by=".length()))
                                .findFirst()
                                .orElse("");
                return mirror(words.get(0), signedBy);
            }
        }
        return Optional.empty();
    }

    private static Optional<Mirror> fromSources(String text) {
        List<Paragraph> paragraphs;
        try {
            paragraphs = Paragraph.parseAll(text);
        } catch (ControlException e) {
            return Optional.empty(); // apt itself would not use this file either
        }
        for (Paragraph entry : paragraphs) {
            boolean enabled =
                    !List.of("no", "false", "0")
                            .contains(entry.text("Enabled").toLowerCase(Locale.ROOT));
            if (!enabled || !entry.words("Types").contains("deb")) {
                continue;
            }
            for (String uri : entry.words("URIs")) {
                if (isDebianMain(uri, entry.words("Suites"), entry.words("Components"))) {
                    return mirror(uri, entry.text("Signed-By"));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * By its address: mirrors keep the folder's name; Debian's other archives and derivatives have
     * other ones.
     */
    private static boolean isDebianMain(String uri, List<String> suites, List<String> components) {
        boolean scheme =
                uri.startsWith("http://") || uri.startsWith("https://") || uri.startsWith("file:");
        boolean folder = uri.matches(".*/debian/?");
        boolean release =
                suites.stream()
                        .anyMatch(
                                s ->
                                        !s.contains("/")
                                                && !s.contains("security")
                                                && !s.endsWith("-backports"));
        return scheme && folder && release && components.contains("main");
    }

    private static Optional<Mirror> mirror(String uri, String signedBy) {
        try {
            Path keyring = signedBy.startsWith("/") ? Path.of(signedBy.strip()) : null;
            boolean exists = keyring != null && Files.isRegularFile(keyring);
            return Optional.of(
                    new Mirror(address(uri), exists ? Optional.of(keyring) : Optional.empty()));
        } catch (ImageException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The address of an archive, with a slash at its end so that others resolve below it. */
    static URI address(String text) throws ImageException {
        try {
            URI uri = URI.create(text.endsWith("/") ? text : text + "/");
            String scheme = uri.getScheme() == null ? "" : uri.getScheme();
            boolean web =
                    (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null;
            if (web || scheme.equals("file") && uri.getPath() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new ImageException(
                    "\"" + text + "\" is no address of a mirror: " + e.getMessage(), e);
        }
        throw new ImageException(
                "\""
                        + text
                        + "\" is no address of a mirror; it must begin with http://, https:// or file:///");
    }
}
