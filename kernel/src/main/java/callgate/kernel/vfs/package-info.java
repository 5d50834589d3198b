/**
 * Files as the kernel sees them: inodes, open files, descriptors, mounts and path walking. File systems are in {@code fs.*}.
 *
 * <p>Names and paths are byte strings: Java strings of ISO 8859-1, one char a byte. Operations return 0 or a count, or a negative
 * errno; objects that may be missing are returned as null or by {@link callgate.kernel.abi.ErrnoException}, as each method says.
 *
 * <p>Lock order: rename lock of a file system, then directories parent before child, then the inode, then its page cache.
 */
package callgate.kernel.vfs;
