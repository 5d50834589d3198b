package callgate.bench;

import callgate.image.DebianImage;
import callgate.image.ImageStore;
import callgate.image.report.Progress;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The image that holds the commands of benchmarks. */
public final class BenchImage {
    /** What the commands need beyond a minimal Debian. */
    private static final List<String> PACKAGES =
            List.of("gcc", "perl", "python3", "sqlite3", "xz-utils");

    private BenchImage() {}

    /**
     * Makes the image if it is not there yet.
     *
     * @param environment variables of the process
     * @return its name in the user's store
     */
    public static String name(Map<String, String> environment, Progress progress)
            throws IOException {
        // another list of packages is another image
        String name = String.format("callgate-bench-%08x", PACKAGES.hashCode());
        DebianImage.builder(environment)
                .packages(PACKAGES)
                .build()
                .make(ImageStore.ofUser(environment), name, ImageStore.Existing.KEEP, progress);
        return name;
    }
}
