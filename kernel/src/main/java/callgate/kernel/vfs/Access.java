package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Mode;

/**
 * Discretionary access control: permission bits, owners, capabilities (path_resolution(7),
 * capabilities(7)). No state.
 */
public final class Access {
    public static final int EXECUTE = 1;
    public static final int WRITE = 2;
    public static final int READ = 4;

    private static final int GROUP_SHIFT = 3;
    private static final int OWNER_SHIFT = 6;
    private static final int ANY_EXECUTE = 0111;
    private static final int GROUP_EXECUTE = 0010;

    private Access() {}

    /** Whether {@code who} may access the inode in all the ways of {@code mask}. */
    public static boolean allows(Credentials who, Inode inode, int mask) {
        int mode = inode.mode();
        int bits;
        if (who.fsuid() == inode.uid()) {
            bits = mode >>> OWNER_SHIFT;
        } else if ((mode >>> GROUP_SHIFT & 7) != (mode & 7) && who.inGroup(inode.gid())) {
            bits = mode >>> GROUP_SHIFT;
        } else {
            bits = mode;
        }
        return (mask & ~bits & 7) == 0 || capable(who, mode, mask);
    }

    private static boolean capable(Credentials who, int mode, int mask) {
        boolean directory = (mode & Mode.S_IFMT) == Mode.S_IFDIR;
        boolean override = directory || (mask & EXECUTE) == 0 || (mode & ANY_EXECUTE) != 0;
        if (override && who.has(Credentials.CAP_DAC_OVERRIDE)) {
            return true;
        }
        boolean search = directory ? (mask & WRITE) == 0 : mask == READ;
        return search && who.has(Credentials.CAP_DAC_READ_SEARCH);
    }

    /** Whether {@code who} may do what only the owner may. */
    public static boolean owns(Credentials who, Inode inode) {
        return who.fsuid() == inode.uid() || who.has(Credentials.CAP_FOWNER);
    }

    /**
     * Whether names may be made in a directory: 0, or {@code -ENOENT} if it is gone, or {@code
     * -EACCES}.
     */
    static int mayCreate(Credentials who, Dentry directory) {
        if (directory.isUnlinked()) {
            return -Errno.ENOENT;
        }
        return allows(who, directory.inode(), WRITE | EXECUTE) ? 0 : -Errno.EACCES;
    }

    /**
     * Whether the name of {@code victim} may be taken out of a directory, sticky ones included; 0
     * or a negative errno.
     */
    static int mayRemove(Credentials who, Inode directory, Inode victim) {
        if (!allows(who, directory, WRITE | EXECUTE)) {
            return -Errno.EACCES;
        }
        boolean sticky =
                (directory.mode() & Mode.S_ISVTX) != 0
                        && victim.uid() != who.fsuid()
                        && directory.uid() != who.fsuid()
                        && !who.has(Credentials.CAP_FOWNER);
        return sticky ? -Errno.EPERM : 0;
    }

    /** {@code chmod}: 0 or a negative errno. */
    public static int changeMode(Credentials who, Inode inode, int permissions) {
        if (!owns(who, inode)) {
            return -Errno.EPERM;
        }
        boolean foreignGroup = !who.inGroup(inode.gid()) && !who.has(Credentials.CAP_FSETID);
        int allowed =
                foreignGroup && !inode.isDirectory() ? permissions & ~Mode.S_ISGID : permissions;
        return inode.setMode(allowed & Mode.PERMISSIONS);
    }

    /**
     * {@code chown}, with {@link Inode#KEEP} for what stays; takes set-id bits away. 0 or a
     * negative errno.
     */
    public static int changeOwner(Credentials who, Inode inode, int uid, int gid) {
        boolean mayAll = who.has(Credentials.CAP_CHOWN);
        if (uid != Inode.KEEP && !mayAll && (who.fsuid() != inode.uid() || uid != inode.uid())) {
            return -Errno.EPERM;
        }
        if (gid != Inode.KEEP
                && !mayAll
                && (who.fsuid() != inode.uid() || gid != inode.gid() && !who.inGroup(gid))) {
            return -Errno.EPERM;
        }
        if (uid == Inode.KEEP && gid == Inode.KEEP) {
            return 0;
        }
        int result = inode.setOwner(uid, gid);
        if (result == 0 && !inode.isDirectory()) {
            result = dropSetId(inode);
        }
        return result;
    }

    /** After a change of data or owner: the set-id bits go, unless the writer may keep them. */
    static int dropSetIdOnWrite(Credentials who, Inode inode) {
        boolean set = (inode.mode() & (Mode.S_ISUID | Mode.S_ISGID)) != 0;
        return set && !who.has(Credentials.CAP_FSETID) ? dropSetId(inode) : 0;
    }

    private static int dropSetId(Inode inode) {
        int mode = inode.mode();
        int drop = mode & Mode.S_ISUID | ((mode & GROUP_EXECUTE) != 0 ? mode & Mode.S_ISGID : 0);
        return drop == 0 ? 0 : inode.setMode(mode & Mode.PERMISSIONS & ~drop);
    }
}
