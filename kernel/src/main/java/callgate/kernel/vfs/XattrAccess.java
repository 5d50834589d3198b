package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Mode;

/** Who may do what with which extended attribute (xattr(7)). No state. */
public final class XattrAccess {
    private static final String USER = "user.";
    private static final String TRUSTED = "trusted.";
    private static final String SECURITY = "security.";
    private static final String CAPABILITY = "security.capability";
    private static final int CAP_SETFCAP = 31;

    private XattrAccess() {}

    private static boolean isKnown(Inode inode, String name) {
        return inode.supportsXattrs()
                && (hasPrefix(name, USER) || hasPrefix(name, TRUSTED) || hasPrefix(name, SECURITY));
    }

    private static boolean hasPrefix(String name, String prefix) {
        return name.startsWith(prefix) && name.length() > prefix.length();
    }

    private static boolean takesUserAttributes(Inode inode) {
        return inode.isRegular() || inode.isDirectory();
    }

    /** 0 or a negative errno. */
    public static int mayGet(Credentials who, Inode inode, String name) {
        if (!isKnown(inode, name)) {
            return -Errno.EOPNOTSUPP;
        }
        if (name.startsWith(TRUSTED)) {
            return who.has(Credentials.CAP_SYS_ADMIN) ? 0 : -Errno.ENODATA;
        }
        if (name.startsWith(USER)) {
            if (!takesUserAttributes(inode)) {
                return -Errno.ENODATA;
            }
            return Access.allows(who, inode, Access.READ) ? 0 : -Errno.EACCES;
        }
        return 0;
    }

    /** For setting and removing; 0 or a negative errno. */
    public static int maySet(Credentials who, Inode inode, String name) {
        if (!isKnown(inode, name)) {
            return -Errno.EOPNOTSUPP;
        }
        if (name.startsWith(USER)) {
            boolean foreignSticky =
                    inode.isDirectory()
                            && (inode.mode() & Mode.S_ISVTX) != 0
                            && !Access.owns(who, inode);
            if (!takesUserAttributes(inode) || foreignSticky) {
                return -Errno.EPERM;
            }
            return Access.allows(who, inode, Access.WRITE) ? 0 : -Errno.EACCES;
        }
        boolean allowed =
                name.equals(CAPABILITY) ? who.has(CAP_SETFCAP) : who.has(Credentials.CAP_SYS_ADMIN);
        return allowed ? 0 : -Errno.EPERM;
    }

    /** Whether a listing shows the name. */
    public static boolean isListed(Credentials who, String name) {
        return !name.startsWith(TRUSTED) || who.has(Credentials.CAP_SYS_ADMIN);
    }
}
