/**
 * Files in memory: {@code tmpfs}, memfds, and the upper layer of overlays. Data are frames of
 * physmem, so that mappings share them.
 *
 * <p>Lock order: the monitor of a directory, then of the inode, then its write lock, then its
 * pages' monitor, which is a leaf: it is never held while guest memory is touched, since a page
 * fault takes it.
 */
package callgate.kernel.fs.tmpfs;
