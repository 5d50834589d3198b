package callgate.kernel.fs.overlay;

import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.LayerDirectory;

/**
 * A file of a layer.
 *
 * @param layer its number, 0 the lowest
 */
record Lower(Inode inode, int layer) {
    static boolean isOpaque(Inode directory) {
        return directory instanceof LayerDirectory layered && layered.isOpaque();
    }

    boolean hides(String name) {
        return inode instanceof LayerDirectory layered && layered.hides(name);
    }

    /** The file of a name in this directory, or null. */
    Inode lookup(String name) {
        synchronized (inode) {
            return inode.lookup(name);
        }
    }
}
