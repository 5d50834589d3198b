package callgate.image.debian;

import java.io.IOException;
import java.util.List;

/** Where a resolver finds packages. */
interface PackageSource {
    /** All packages of this name, the newest first. */
    List<DebianPackage> named(String name) throws IOException;

    /**
     * All packages that provide this name (perhaps not in the version wanted), in the order of the
     * index.
     */
    List<DebianPackage> providing(String name) throws IOException;
}
