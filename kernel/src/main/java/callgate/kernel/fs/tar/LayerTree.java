package callgate.kernel.fs.tar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a layer while its tar is read or written. Belongs to one thread.
 *
 * <p>Entries are added in the order of the tar and mean what unpacking them would: a later entry
 * replaces an earlier one of the same name, a directory on a directory changes its attributes only,
 * missing parents come into being ({@code root:root}, 0755), and a parent that is a symbolic link
 * is followed, inside the layer. Names that would leave the layer ({@code ..}, absolute) are
 * refused.
 */
public final class LayerTree {
    /** Longest name of one file in bytes (NAME_MAX). */
    public static final int MAX_NAME_BYTES = 255;

    /** Longest path in bytes (PATH_MAX without its NUL). */
    public static final int MAX_PATH_BYTES = 4095;

    /** Most entries one layer may hold. */
    public static final int MAX_ENTRIES = 4_000_000;

    /** Most symbolic links followed for one path, as in Linux (path_resolution(7)). */
    private static final int MAX_LINKS_FOLLOWED = 40;

    private static final String WHITEOUT_PREFIX = ".wh.";
    private static final String OPAQUE_MARK = ".wh..wh..opq";

    private final Node root = Node.directory(null, "");
    private int entries;

    /** Puts the entry where its path says. */
    public void add(LayerEntry entry) throws LayerFormatException {
        check(entry);
        List<String> names = names(entry.path());
        if (names.isEmpty()) {
            if (entry.kind() != LayerEntry.Kind.DIRECTORY) {
                throw new LayerFormatException("the root of a layer must be a directory");
            }
            root.describe(entry);
            return;
        }
        String name = names.removeLast();
        Node parent = resolveDirectory(names);
        if (name.equals(OPAQUE_MARK)) {
            parent.opaque = true;
        } else if (name.startsWith(WHITEOUT_PREFIX)) {
            whiteout(parent, name.substring(WHITEOUT_PREFIX.length()));
        } else if (entry.kind() == LayerEntry.Kind.HARD_LINK) {
            put(parent, name, linked(entry));
        } else {
            putEntry(parent, name, entry);
        }
    }

    /**
     * The path where an entry of this path would really go: parents that are symbolic links are
     * replaced by what they point to, missing parents by their names. The last name is not
     * followed. Empty for the root.
     */
    public String canonical(String path) throws LayerFormatException {
        List<String> names = names(path);
        if (names.isEmpty()) {
            return "";
        }
        String name = names.removeLast();
        String parent = walk(names, Missing.KEEP_NAMES);
        return parent.isEmpty() ? name : parent + "/" + name;
    }

    /**
     * The kind at this path, whose last name is not followed; null when nothing (or a whiteout) is
     * there.
     */
    public LayerEntry.Kind kindAt(String path) throws LayerFormatException {
        Node node = find(canonical(path));
        return node == null || node.whiteout ? null : node.kind;
    }

    /**
     * Whether this path leads to a directory, its last name followed when it is a symbolic link.
     */
    public boolean isDirectory(String path) throws LayerFormatException {
        Node node = find(walk(names(path), Missing.KEEP_NAMES));
        return node != null && node.kind == LayerEntry.Kind.DIRECTORY;
    }

    /**
     * The data of the regular file at this path (last name followed) as offset and size; null when
     * there is none.
     */
    public long[] dataAt(String path) throws LayerFormatException {
        Node node = find(walk(names(path), Missing.KEEP_NAMES));
        if (node == null || node.kind != LayerEntry.Kind.FILE) {
            return null;
        }
        return new long[] {node.entry.dataOffset(), node.entry.size()};
    }

    /** Names below the directory at this path, in no order; empty when there is none. */
    public List<String> childrenOf(String path) throws LayerFormatException {
        Node node = find(walk(names(path), Missing.KEEP_NAMES));
        return node == null || node.children == null
                ? List.of()
                : List.copyOf(node.children.keySet());
    }

    /** Entries added so far, parents that came into being included. */
    public int size() {
        return entries;
    }

    Node root() {
        return root;
    }

    private static void check(LayerEntry entry) throws LayerFormatException {
        if (entry.size() < 0
                || entry.dataOffset() < 0
                || (entry.permissions() & ~07777) != 0
                || entry.mtimeNanos() < 0
                || entry.mtimeNanos() > 999_999_999) {
            throw new LayerFormatException("numbers out of range");
        }
        if (entry.uid() == -1 || entry.gid() == -1) {
            throw new LayerFormatException("owner 4294967295 is not a valid one");
        }
        if (entry.kind() == LayerEntry.Kind.SYMLINK) {
            int length = entry.linkTarget().length();
            if (length == 0 || length > MAX_PATH_BYTES || entry.linkTarget().indexOf('\0') >= 0) {
                throw new LayerFormatException(
                        "a symbolic link needs a target of 1 to " + MAX_PATH_BYTES + " bytes");
            }
        }
    }

    /**
     * The names of a path; dots and doubled slashes dropped, everything that could leave the layer
     * refused.
     */
    static List<String> names(String path) throws LayerFormatException {
        if (path.length() > MAX_PATH_BYTES) {
            throw new LayerFormatException(
                    "a path of "
                            + path.length()
                            + " bytes, at most "
                            + MAX_PATH_BYTES
                            + " are possible");
        }
        if (path.startsWith("/")) {
            throw new LayerFormatException(
                    "an absolute name; names must be relative to the root of the image");
        }
        if (path.indexOf('\0') >= 0) {
            throw new LayerFormatException("a name with a NUL byte in it");
        }
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                throw new LayerFormatException("a name with \"..\" in it could leave the image");
            }
            if (name.length() > MAX_NAME_BYTES) {
                throw new LayerFormatException(
                        "a name of "
                                + name.length()
                                + " bytes, at most "
                                + MAX_NAME_BYTES
                                + " are possible");
            }
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    private enum Missing {
        /** Directories that are missing come into being. */
        CREATE,
        /** From the first missing name on, the rest of the names is taken as it stands. */
        KEEP_NAMES
    }

    private Node resolveDirectory(List<String> names) throws LayerFormatException {
        Node node = find(walk(names, Missing.CREATE));
        assert node != null;
        return node;
    }

    /**
     * Follows the names from the root, through symbolic links, and gives the path without links.
     */
    private String walk(List<String> names, Missing missing) throws LayerFormatException {
        Deque<String> left = new ArrayDeque<>(names);
        Node node = root;
        int followed = 0;
        while (!left.isEmpty()) {
            String name = left.pop();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                node = node.parent == null ? root : node.parent;
                continue;
            }
            if (node.kind != LayerEntry.Kind.DIRECTORY) {
                if (missing == Missing.KEEP_NAMES) {
                    return join(node.path(), name, left);
                }
                throw new LayerFormatException(
                        "\"" + node.path() + "\" is in the way, it is not a directory");
            }
            Node child = node.children.get(name);
            if (child == null || child.whiteout) {
                if (missing == Missing.KEEP_NAMES) {
                    return join(node.path(), name, left);
                }
                child = createDirectory(node, name, child != null);
            }
            if (child.kind == LayerEntry.Kind.SYMLINK) {
                if (++followed > MAX_LINKS_FOLLOWED) {
                    throw new LayerFormatException(
                            "too many symbolic links on the way, at \"" + name + "\"");
                }
                String target = child.entry.linkTarget();
                if (target.startsWith("/")) {
                    node = root;
                }
                String[] parts = target.split("/");
                for (int i = parts.length - 1; i >= 0; i--) {
                    left.push(parts[i]);
                }
            } else {
                node = child;
            }
        }
        if (missing == Missing.CREATE && node.kind != LayerEntry.Kind.DIRECTORY) {
            throw new LayerFormatException(
                    "\"" + node.path() + "\" is in the way, it is not a directory");
        }
        return node.path();
    }

    private Node createDirectory(Node parent, String name, boolean hidesLower)
            throws LayerFormatException {
        // names that come out of the targets of symbolic links have not been measured yet
        if (name.length() > MAX_NAME_BYTES
                || parent.path().length() + 1 + name.length() > MAX_PATH_BYTES) {
            throw new LayerFormatException(
                    "a path that becomes too long through the symbolic links on the way");
        }
        Node directory = Node.directory(parent, name);
        directory.opaque = hidesLower;
        put(parent, name, directory);
        return directory;
    }

    private static String join(String parent, String name, Deque<String> left) {
        StringBuilder path = new StringBuilder(parent);
        path.append(path.isEmpty() ? "" : "/").append(name);
        for (String next : left) {
            if (!next.isEmpty() && !next.equals(".")) {
                path.append('/').append(next);
            }
        }
        return path.toString();
    }

    /** The node at a path without links; null when there is none. */
    private Node find(String canonical) {
        Node node = root;
        for (String name : canonical.split("/")) {
            if (name.isEmpty()) {
                continue;
            }
            node = node.children == null ? null : node.children.get(name);
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    private void whiteout(Node parent, String name) throws LayerFormatException {
        if (name.startsWith(WHITEOUT_PREFIX)) {
            return; // other marks of aufs mean nothing in an image
        }
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new LayerFormatException("a whiteout without a name");
        }
        Node existing = parent.children.get(name);
        if (existing == null) {
            put(parent, name, Node.whiteout(parent, name));
        } else if (existing.kind == LayerEntry.Kind.DIRECTORY) {
            existing.opaque =
                    true; // a whiteout hides what is below this layer, not this layer's own
            // directory
        }
    }

    private void putEntry(Node parent, String name, LayerEntry entry) throws LayerFormatException {
        Node existing = parent.children.get(name);
        if (entry.kind() != LayerEntry.Kind.DIRECTORY) {
            put(parent, name, Node.of(parent, name, entry));
        } else if (existing != null && existing.kind == LayerEntry.Kind.DIRECTORY) {
            existing.describe(entry);
        } else {
            Node directory = Node.of(parent, name, entry);
            directory.opaque = existing != null;
            put(parent, name, directory);
        }
    }

    private Node linked(LayerEntry entry) throws LayerFormatException {
        Node target = find(canonical(entry.linkTarget()));
        if (target == null || target.whiteout || target == root) {
            throw new LayerFormatException(
                    "a hard link to \"" + entry.linkTarget() + "\", which is not there before it");
        }
        if (target.kind == LayerEntry.Kind.DIRECTORY) {
            throw new LayerFormatException(
                    "a hard link to the directory \"" + entry.linkTarget() + "\"");
        }
        return target;
    }

    private void put(Node parent, String name, Node node) throws LayerFormatException {
        if (parent.children.put(name, node) == null) {
            count();
        }
    }

    private void count() throws LayerFormatException {
        if (++entries > MAX_ENTRIES) {
            throw new LayerFormatException("more than " + MAX_ENTRIES + " files");
        }
    }

    /** One inode; hard links share it. */
    static final class Node {
        final Node parent;
        final String name;
        final LayerEntry.Kind kind;
        final boolean whiteout;
        final Map<String, Node> children;
        LayerEntry entry;
        boolean opaque;

        private Node(Node parent, String name, LayerEntry entry, boolean whiteout) {
            this.parent = parent;
            this.name = name;
            this.entry = entry;
            this.kind = entry.kind();
            this.whiteout = whiteout;
            this.children = kind == LayerEntry.Kind.DIRECTORY ? new HashMap<>() : null;
        }

        static Node of(Node parent, String name, LayerEntry entry) {
            return new Node(parent, name, entry, false);
        }

        static Node directory(Node parent, String name) {
            return new Node(parent, name, plain(LayerEntry.Kind.DIRECTORY, 0755), false);
        }

        static Node whiteout(Node parent, String name) {
            return new Node(parent, name, plain(LayerEntry.Kind.CHARACTER_DEVICE, 0), true);
        }

        void describe(LayerEntry newer) {
            entry = newer;
        }

        String path() {
            if (parent == null) {
                return "";
            }
            Deque<String> names = new ArrayDeque<>();
            for (Node node = this; node.parent != null; node = node.parent) {
                names.push(node.name);
            }
            return String.join("/", names);
        }

        private static LayerEntry plain(LayerEntry.Kind kind, int permissions) {
            return new LayerEntry("", kind, permissions, 0, 0, 0, 0, 0, 0, "", 0, 0, Map.of());
        }
    }
}
