/**
 * The index of a tar layer: what lets a plain tar be a read-only filesystem without unpacking it.
 *
 * <p>A layer is one uncompressed tar plus one index. The tar holds the data; the index holds every
 * name, inode and data offset, so that opening a layer of some thousand files takes a few
 * milliseconds and no parsing. {@link callgate.kernel.fs.tar.LayerTree} collects the entries of a
 * tar under the rules of unpacking (later entries win, directories merge, links are followed inside
 * the layer, nothing leaves it); {@link callgate.kernel.fs.tar.LayerIndexWriter} stores the tree;
 * {@link callgate.kernel.fs.tar.LayerIndex} reads it.
 *
 * <p><b>File format, version 1</b>: little-endian, four parts one after the other.
 *
 * <pre>
 * header, 64 bytes
 *    0  u8[8] magic "CGLAYIDX"        24  u32 string bytes            40  i64 tar stamp (chosen by the caller)
 *    8  u32   version                 28  u32 CRC-32C of the whole    48  reserved, zero
 *   12  u32   inode count                 file, this field as zero
 *   16  u32   directory entry count   32  i64 tar size in bytes
 *   20  u32   reserved, zero
 * inodes, 88 bytes each; inode number 1 is the root and stands first
 *    0  u32 mode (type and permission bits, as st_mode)      44  u32 first directory entry (directories)
 *    4  u32 uid       8  u32 gid      12  u32 link count     48  u32 number of directory entries
 *   16  i64 size in bytes                                    52  u32 link target, offset into the strings
 *   24  i64 mtime, seconds since 1970                        56  u32 link target, bytes
 *   32  u32 mtime, nanoseconds                               60  u32 xattrs, offset into the strings
 *   36  u32 device major  40  u32 device minor               64  u32 number of xattrs
 *   68  u32 flags (1: opaque directory)                      72  i64 offset of the data in the tar
 *   80  u32 parent inode (directories; the root is its own)  84  u32 reserved, zero
 * directory entries, 12 bytes each; those of one directory stand together, sorted by name (unsigned bytes)
 *    0  u32 name, offset into the strings   4  u32 name bytes   8  u32 inode; 0 is a whiteout
 * strings: names, link targets and xattrs; an xattr is u16 name bytes, u32 value bytes, name, value
 * </pre>
 *
 * <p>Hard links are directory entries with the same inode number. Whiteouts follow the OCI image
 * specification (layer.md, "Whiteouts"): {@code .wh.NAME} hides NAME of the layers below, {@code
 * .wh..wh..opq} hides all of them in its directory.
 *
 * <p>Strings that stand for bytes (names, paths, targets) hold one byte per {@code char} (ISO
 * 8859-1): Linux names are bytes, and so compared and sorted as such. No locks: trees belong to one
 * thread, indexes are immutable.
 */
package callgate.kernel.fs.tar;
