/**
 * The root file system of a guest: read-only layers, and above them what has been changed, in
 * memory.
 *
 * <p>A directory here is a table of the names that were looked up or changed, over the directories
 * of the layers that it shows through. An inode keeps its own attributes from the start; only data
 * are copied up, into an unnamed file of a tmpfs, when the file is first opened for writing. So
 * names and attributes need no copying up, a directory can be renamed wherever it came from, and
 * hard links of a layer stay one file. Mappings made before a copy-up go on showing the layer's
 * data.
 *
 * <p>Inode numbers: inode {@code i} of layer {@code k} of {@code n} is {@code i * (n + 1) + k}; new
 * files take {@code j * (n + 1) + n}.
 *
 * <p>Lock order: the monitor of a directory, then its layers' directories; an inode's monitor is a
 * leaf but for copying up.
 */
package callgate.kernel.fs.overlay;
