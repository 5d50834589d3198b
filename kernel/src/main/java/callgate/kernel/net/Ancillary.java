package callgate.kernel.net;

import callgate.kernel.vfs.OpenFile;

/**
 * What goes along with the bytes of a message: who sent it, and open files in flight, a reference
 * to each of which belongs to this.
 *
 * @param sender null if the socket's own peer is meant
 */
public record Ancillary(Sender sender, OpenFile[] files) {
    static final OpenFile[] NO_FILES = {};

    /** The same with references of its own. */
    Ancillary copy() {
        for (OpenFile file : files) {
            file.retain();
        }
        return this;
    }

    /** Gives the files up. */
    public void release() {
        for (OpenFile file : files) {
            file.release();
        }
    }
}
