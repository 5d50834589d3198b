package callgate.image.debian;

import callgate.image.fetch.Downloads;
import callgate.image.fetch.Sha256;
import java.util.ArrayList;
import java.util.List;

/**
 * One version of a package, as the index of an archive describes it.
 *
 * @param name its name
 * @param version its version
 * @param requires groups of alternatives, one of each group is needed before or besides it
 * @param excludes what cannot be installed besides it ({@code Conflicts} and {@code Breaks})
 * @param provides virtual packages it stands for
 * @param priority 0 for required, up to 4 for extra: which of several providers is the likeliest
 * @param path the file, relative to the archive's root
 * @param file what the file must be
 */
record DebianPackage(
        String name,
        String version,
        List<List<Dependency>> requires,
        List<Dependency> excludes,
        List<Dependency> provides,
        int priority,
        String path,
        Downloads.Expected file) {

    private static final List<String> PRIORITIES =
            List.of("required", "important", "standard", "optional");

    /** Most bytes one package file may have. */
    private static final long MAX_BYTES = 4L << 30;

    /** From a paragraph of the index. */
    static DebianPackage of(Paragraph paragraph) throws ControlException {
        List<List<Dependency>> requires =
                new ArrayList<>(Dependency.parse(paragraph.get("Pre-Depends")));
        requires.addAll(Dependency.parse(paragraph.get("Depends")));
        List<Dependency> excludes = new ArrayList<>(flat(paragraph.get("Conflicts")));
        excludes.addAll(flat(paragraph.get("Breaks")));
        int priority = PRIORITIES.indexOf(paragraph.text("Priority"));
        String path = paragraph.required("Filename");
        if (path.startsWith("/") || List.of(path.split("/")).contains("..")) {
            throw new ControlException(
                    "a package with the file name \"" + path + "\", which leaves the archive");
        }
        return new DebianPackage(
                paragraph.required("Package"),
                paragraph.required("Version"),
                requires,
                excludes,
                flat(paragraph.get("Provides")),
                priority < 0 ? PRIORITIES.size() : priority,
                path,
                expected(paragraph));
    }

    /**
     * Whether this version is what the dependency asks for, by its own name or by one it provides.
     */
    boolean satisfies(Dependency dependency) {
        if (name.equals(dependency.name()) && dependency.accepts(version)) {
            return true;
        }
        for (Dependency provided : provides) {
            // only a provider that names a version can satisfy a versioned dependency
            // (deb-control(5), "Provides")
            if (provided.name().equals(dependency.name())
                    && (dependency.relation() == Dependency.Relation.ANY
                            || provided.relation() == Dependency.Relation.EQUAL
                                    && dependency.accepts(provided.version()))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return name + " " + version;
    }

    private static List<Dependency> flat(String field) throws ControlException {
        return Dependency.parse(field).stream().flatMap(List::stream).toList();
    }

    private static Downloads.Expected expected(Paragraph paragraph) throws ControlException {
        String sha256 = paragraph.required("SHA256");
        String size = paragraph.required("Size");
        if (!Sha256.isValid(sha256)
                || !size.matches("[0-9]{1,12}")
                || Long.parseLong(size) > MAX_BYTES) {
            throw new ControlException("a package whose size or SHA-256 is not valid");
        }
        return new Downloads.Expected(sha256, Long.parseLong(size));
    }
}
