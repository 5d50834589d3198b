/**
 * A directory of the host as a file system of the guest ({@code --mount}).
 *
 * <p><b>Never outside.</b> No operation hands the host a path of several components that a guest
 * could influence and that the host would resolve: a directory is held open ({@link
 * java.nio.file.SecureDirectoryStream}, that is, {@code openat} and its kin), found from its parent
 * by one name, never through a symbolic link, and files are reached by one name inside it. Symbolic
 * links are resolved by the kernel's own path walk, in the guest's tree only. The few things that
 * Java can do only by a whole path are these; each is checked by the identity (device and inode) of
 * what was reached, and excluded from running while the guest renames or makes links:
 *
 * <ul>
 *   <li>reading a link's target, extended attributes, and the attributes uid, gid, link count and
 *       set-id bits: used only if the identity is the one seen through the open directory, before
 *       and after;
 *   <li>setting extended attributes, and times of symbolic links: done to a hard link of the file
 *       under a random name in the mount's top directory, which is checked, and removed again;
 *   <li>making directories, symbolic links and hard links: made under a random name in the mount's
 *       top directory (or, where that cannot be, beside their place), checked, then renamed into
 *       place through open directories.
 * </ul>
 *
 * <p>Devices and FIFOs of the host are shown and never opened. New files belong to the user who
 * runs the JVM; {@code chown} fails with EPERM. Names are UTF-8 on the host; others are not shown.
 * Data go through a page cache while a file is open or mapped: writes go to the host at once,
 * writes to shared mappings at msync, munmap and the last close.
 *
 * <p>What the host's Java cannot do is refused or left out: exchanging two names (EINVAL), extended
 * attributes other than {@code user.*} of regular files (EOPNOTSUPP), setting the set-id and sticky
 * bits (ignored), names that are no UTF-8 (EILSEQ); and where the host is not Linux, hard links to
 * symbolic links and times of these (EPERM).
 *
 * <p>Lock order: the monitors of directories, a file's monitor, the file system's path lock, a
 * file's write lock, its page cache; the tables of inodes and of open directories are leaves.
 */
package callgate.kernel.fs.host;
