package callgate.kernel.fs.tmpfs;

/** A FIFO, socket or device node. */
final class TmpNode extends TmpInode {
    private final long device;

    TmpNode(TmpFs fileSystem, int mode, int uid, int gid, long device) {
        super(fileSystem, mode, uid, gid);
        this.device = device;
    }

    @Override
    public long representedDevice() {
        return device;
    }
}
