package callgate.kernel.fs.tmpfs;

import callgate.kernel.abi.Mode;

/** A symbolic link. */
final class TmpSymlink extends TmpInode {
    private final String target;

    TmpSymlink(TmpFs fileSystem, String target, int uid, int gid) {
        super(fileSystem, Mode.S_IFLNK | 0777, uid, gid);
        this.target = target;
    }

    @Override
    public String readlink() {
        return target;
    }

    @Override
    int extraBytes() {
        return target.length();
    }

    @Override
    public long size() {
        return target.length();
    }
}
