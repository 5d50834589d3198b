/**
 * Files as the kernel sees them. File systems are in {@code fs.*}; docs/FILES.md describes the
 * whole.
 *
 * <ul>
 *   <li>{@link callgate.kernel.vfs.Inode}: a file of any type; file systems extend it. {@link
 *       callgate.kernel.vfs.FileSystem} is an instance of a file system.
 *   <li>{@link callgate.kernel.vfs.Dentry}: a name in a directory, known to be there or known to be
 *       missing; {@link callgate.kernel.vfs.Path} is a dentry in a {@link
 *       callgate.kernel.vfs.Mount}; {@link callgate.kernel.vfs.Namespace} is the tree of mounts.
 *   <li>{@link callgate.kernel.vfs.PathWalk} finds places; {@link callgate.kernel.vfs.Open}, {@link
 *       callgate.kernel.vfs.Names} and {@link callgate.kernel.vfs.Rename} do something there;
 *       {@link callgate.kernel.vfs.Access} says who may.
 *   <li>{@link callgate.kernel.vfs.OpenFile}: what descriptors of a {@link
 *       callgate.kernel.vfs.FileTable} refer to.
 *   <li>{@link callgate.kernel.vfs.CachedData}: reading and writing through a page cache.
 *   <li>{@link callgate.kernel.vfs.HeapBudget}: bounds what a guest's names, attributes and locks
 *       take of the host's heap.
 * </ul>
 *
 * <p>Names and paths are byte strings: Java strings of ISO 8859-1, one char a byte. Operations
 * return 0 or a count, or a negative errno; objects that may be missing are returned as null or by
 * {@link callgate.kernel.abi.ErrnoException}, as each method says.
 *
 * <p>Lock order: the rename lock of a file system; the monitors of directories' inodes, an ancestor
 * before what is below it, else by inode number; the monitor of another inode; its write lock; an
 * address space (a copy to or from guest memory may fault); a page cache; a heap budget and the
 * frame allocator. A page fault enters at the address space, so nothing above it is ever taken by
 * {@link callgate.kernel.mm.PageSource}. An open file's position lock comes before all of them.
 * Looking up a cached name takes no lock.
 */
package callgate.kernel.vfs;
