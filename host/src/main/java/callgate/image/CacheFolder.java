package callgate.image;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** The user's cache folder. */
final class CacheFolder {
    private CacheFolder() {}

    /**
     * {@code CALLGATE_CACHE}, else {@code callgate} in the place the system has for caches: {@code
     * XDG_CACHE_HOME} or {@code ~/.cache}, on macOS {@code ~/Library/Caches}, on Windows {@code
     * LOCALAPPDATA}.
     */
    static Path of(Map<String, String> environment, String osName, Path home) {
        String own = environment.getOrDefault("CALLGATE_CACHE", "");
        if (!own.isEmpty()) {
            return Path.of(own).toAbsolutePath();
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (!xdg.isEmpty()
                && Path.of(xdg).isAbsolute()) { // the specification says to ignore relative ones
            return Path.of(xdg, "callgate");
        }
        String os = osName.toLowerCase(Locale.ROOT);
        if (os.startsWith("mac")) {
            return home.resolve("Library/Caches/callgate");
        }
        String local = environment.getOrDefault("LOCALAPPDATA", "");
        if (os.startsWith("windows") && !local.isEmpty()) {
            return Path.of(local, "callgate", "cache");
        }
        return home.resolve(".cache/callgate");
    }
}
