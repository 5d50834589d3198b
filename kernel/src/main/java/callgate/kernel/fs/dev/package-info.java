/**
 * {@code /dev}: the memory devices (null, zero, full, random), and the tree of nodes and links that
 * programs expect there.
 */
package callgate.kernel.fs.dev;
