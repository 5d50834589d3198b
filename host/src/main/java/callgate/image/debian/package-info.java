/**
 * Makes the root filesystem of a Debian system out of an archive's packages, without running any of
 * their code. Internal to {@code callgate.image}.
 *
 * <p>In the order of the work: {@code AptSources} finds the mirror; {@code Archive} fetches the
 * signed release file ({@code OpenPgp} checks it) and the package index it names ({@code
 * PackageIndex}); {@code Resolver} chooses packages; {@code DebFile} opens each; {@code RootWriter}
 * merges them into one tar; {@code RootFiles} adds the files that the packages' scripts would have
 * made. {@code DebianRoot} is the whole.
 *
 * <p>Formats: deb(5), deb-control(5), deb-version(7), deb822(5), sources.list(5); the repository's
 * in the Debian wiki, DebianRepository/Format. The same packages always give the same bytes.
 */
package callgate.image.debian;
