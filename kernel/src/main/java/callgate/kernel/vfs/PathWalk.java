package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;

/**
 * One resolution of a path name (path_resolution(7)). Used by one thread, for one call; the result
 * is in its fields, since this is the hottest thing of the file system and must not allocate more
 * than the walk itself.
 */
public final class PathWalk {
    /** Follow a symbolic link that is the last component. */
    public static final int FOLLOW = 1;

    /** An empty path means the start itself (AT_EMPTY_PATH). */
    public static final int ALLOW_EMPTY = 2;

    /** Stop at the directory of the last component, which is left in {@link #last}. */
    private static final int PARENT = 4;

    /** RESOLVE_* of openat2(2). */
    public static final int RESOLVE_NO_XDEV = 0x01;

    public static final int RESOLVE_NO_MAGICLINKS = 0x02;
    public static final int RESOLVE_NO_SYMLINKS = 0x04;
    public static final int RESOLVE_BENEATH = 0x08;
    public static final int RESOLVE_IN_ROOT = 0x10;
    public static final int RESOLVE_CACHED = 0x20;

    /** Symbolic links followed at most. */
    public static final int LINK_LIMIT = 40;

    /** Bytes of a name at most. */
    public static final int NAME_MAX = 255;

    /** What the last component is, after {@link #walkToParent}. */
    enum Last {
        NAME,
        DOT,
        DOT_DOT,
        ROOT
    }

    private final Caller caller;
    private final Credentials who;
    private final Path root;
    private final Path start;
    private final int resolve;
    private int links;

    Mount mount;
    Dentry dentry;
    String last;
    Last lastKind;

    /** Whether slashes follow the last component: it must be a directory then. */
    boolean trailingSlash;

    /** A walk from a directory, for a caller. */
    public PathWalk(Caller caller, FsContext fs, Path start) {
        this(caller, caller.credentials(), fs, start, 0);
    }

    /**
     * @param resolve RESOLVE_* flags
     */
    public PathWalk(Caller caller, Credentials who, FsContext fs, Path start, int resolve) {
        this.caller = caller;
        this.who = who;
        this.start = start == null ? fs.workingDirectory() : start;
        this.resolve = resolve;
        root = (resolve & RESOLVE_IN_ROOT) != 0 ? this.start : fs.root();
    }

    public Caller caller() {
        return caller;
    }

    public Credentials credentials() {
        return who;
    }

    /** The tree of the caller. */
    Namespace namespace() {
        return root.mount().namespace();
    }

    /** The place found. */
    public Path path() {
        return new Path(mount, dentry);
    }

    /** The inode found. */
    public Inode inode() {
        return dentry.inode();
    }

    public Mount mount() {
        return mount;
    }

    /** Walks to what a path names; it exists if the result is 0, else a negative errno. */
    public int walk(String path, int flags) {
        if (path.isEmpty()) {
            if ((flags & ALLOW_EMPTY) == 0) {
                return -Errno.ENOENT;
            }
            mount = start.mount();
            dentry = start.dentry();
            return 0;
        }
        int result = begin(path);
        return result != 0 ? result : components(path, flags);
    }

    /** Walks to the directory of the last component; 0 or a negative errno. */
    int walkToParent(String path) {
        if (path.isEmpty()) {
            return -Errno.ENOENT;
        }
        int result = begin(path);
        return result != 0 ? result : components(path, PARENT);
    }

    private int begin(String path) {
        mount = start.mount();
        dentry = start.dentry();
        return path.charAt(0) == '/' ? toRoot() : 0;
    }

    private int toRoot() {
        if ((resolve & RESOLVE_BENEATH) != 0) {
            return -Errno.EXDEV;
        }
        if ((resolve & RESOLVE_NO_XDEV) != 0 && mount != root.mount()) {
            return -Errno.EXDEV;
        }
        mount = root.mount();
        dentry = root.dentry();
        return 0;
    }

    /**
     * Walks on from where the walk is; for a link that turned up as last component of a creating
     * open.
     */
    int walkLinkToParent(Dentry link) {
        String target = followed(link, "");
        if (target == null) {
            return linkError;
        }
        if (target.isEmpty()) { // jumped: there is no name to create
            last = "";
            lastKind = Last.DOT;
            trailingSlash = false;
            return 0;
        }
        return components(target, PARENT);
    }

    private int components(String path, int flags) {
        int position = 0;
        int length = path.length();
        lastKind = Last.ROOT;
        trailingSlash = false;
        while (true) {
            while (position < length && path.charAt(position) == '/') {
                position++;
            }
            if (position == length) {
                return 0; // only slashes, or a jump that was the last component
            }
            int end = path.indexOf('/', position);
            if (end < 0) {
                end = length;
            }
            int result = maySearch(end - position);
            if (result != 0) {
                return result;
            }
            int next = end;
            while (next < length && path.charAt(next) == '/') {
                next++;
            }
            boolean isLast = next == length;
            boolean slash = isLast && end < length;
            Last kind = kindOf(path, position, end);
            if (isLast && (flags & PARENT) != 0) {
                lastKind = kind;
                last = path.substring(position, end);
                trailingSlash = slash;
                return 0;
            }
            switch (kind) {
                case DOT, ROOT -> {}
                case DOT_DOT -> {
                    result = toParent();
                    if (result != 0) {
                        return result;
                    }
                }
                case NAME -> {
                    Dentry child = Names.child(dentry, path.substring(position, end));
                    Inode inode = child.inode();
                    if (inode == null) {
                        return -Errno.ENOENT;
                    }
                    if (inode.isSymlink() && (!isLast || slash || (flags & FOLLOW) != 0)) {
                        path = followed(child, path.substring(next - (isLast && !slash ? 0 : 1)));
                        if (path == null) {
                            return linkError;
                        }
                        length = path.length();
                        next = 0;
                        isLast = false;
                    } else {
                        dentry = child;
                        if (child.isMountPoint()) {
                            result = intoMounts();
                            if (result != 0) {
                                return result;
                            }
                        }
                    }
                }
            }
            if (isLast) {
                return slash && !dentry.inode().isDirectory() ? -Errno.ENOTDIR : 0;
            }
            position = next;
        }
    }

    private static Last kindOf(String path, int from, int end) {
        if (path.charAt(from) != '.' || end - from > 2) {
            return Last.NAME;
        }
        if (end - from == 1) {
            return Last.DOT;
        }
        return path.charAt(from + 1) == '.' ? Last.DOT_DOT : Last.NAME;
    }

    private int maySearch(int nameLength) {
        Inode directory = dentry.inode();
        if (!directory.isDirectory()) {
            return -Errno.ENOTDIR;
        }
        if (!Access.allows(who, directory, Access.EXECUTE)) {
            return -Errno.EACCES;
        }
        return nameLength > NAME_MAX ? -Errno.ENAMETOOLONG : 0;
    }

    /** {@code ..}: up, out of mounts, but never above the root. */
    int toParent() {
        if ((resolve & RESOLVE_BENEATH) != 0
                && mount == start.mount()
                && dentry == start.dentry()) {
            return -Errno.EXDEV;
        }
        while (dentry == mount.root() && !atRoot() && mount.parent() != null) {
            if ((resolve & RESOLVE_NO_XDEV) != 0) {
                return -Errno.EXDEV;
            }
            Path outside = mount.parent();
            mount = outside.mount();
            dentry = outside.dentry();
        }
        if (!atRoot() && dentry != mount.root()) {
            dentry = dentry.parent();
        }
        return dentry.isMountPoint() ? intoMounts() : 0;
    }

    private boolean atRoot() {
        return dentry == root.dentry() && mount == root.mount();
    }

    /** Steps onto what is mounted where the walk is. */
    int intoMounts() {
        while (dentry.isMountPoint() && mount.namespace() != null) {
            Mount upper = mount.namespace().mountedOn(mount, dentry);
            if (upper == null) {
                break;
            }
            if ((resolve & RESOLVE_NO_XDEV) != 0) {
                return -Errno.EXDEV;
            }
            mount = upper;
            dentry = upper.root();
        }
        return 0;
    }

    /** Why {@link #followed} returned null. */
    private int linkError;

    /**
     * The rest of the path with a link's target in front (the walk goes to the root if that is
     * absolute), or null with an error.
     */
    private String followed(Dentry link, String rest) {
        Inode inode = link.inode();
        if ((resolve & RESOLVE_NO_SYMLINKS) != 0 || ++links > LINK_LIMIT) {
            return linkFailed(-Errno.ELOOP);
        }
        Path jump = inode.jump(caller);
        if (jump != null) {
            if ((resolve & RESOLVE_NO_MAGICLINKS) != 0) {
                return linkFailed(-Errno.ELOOP);
            }
            if ((resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) != 0
                    || (resolve & RESOLVE_NO_XDEV) != 0 && jump.mount() != mount) {
                return linkFailed(-Errno.EXDEV);
            }
            mount = jump.mount();
            dentry = jump.dentry();
            return rest.isEmpty() || dentry.inode().isDirectory()
                    ? rest
                    : linkFailed(-Errno.ENOTDIR);
        }
        String target = inode.readlink(caller);
        if (target.isEmpty()) {
            return linkFailed(-Errno.ENOENT);
        }
        if (target.charAt(0) == '/') {
            int result = toRoot();
            if (result != 0) {
                return linkFailed(result);
            }
        }
        return target.concat(rest);
    }

    private String linkFailed(int error) {
        linkError = error;
        return null;
    }
}
