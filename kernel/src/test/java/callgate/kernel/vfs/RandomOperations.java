package callgate.kernel.vfs;

import callgate.kernel.abi.OpenFlags;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random operations on names, the same ones for the same seed. */
public final class RandomOperations {
    private static final String[] NAMES = {"a", "b", "c"};
    private static final int[] FLAGS = {0, 0, 0, Rename.RENAME_NOREPLACE, Rename.RENAME_EXCHANGE};

    private final Random random;

    public RandomOperations(long seed) {
        random = new Random(seed);
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        int depth = 1 + random.nextInt(3);
        for (int i = 0; i < depth; i++) {
            path.append('/').append(NAMES[random.nextInt(NAMES.length)]);
        }
        return path.toString();
    }

    /** One operation: what it was, and on a tree gives what it did. */
    public record Operation(String text, java.util.function.Function<Tree, Object> action) {}

    public Operation next(boolean exchanges) {
        String path = path();
        String other = path();
        String text = Integer.toString(random.nextInt(1000));
        int flags = exchanges ? FLAGS[random.nextInt(FLAGS.length)] : 0;
        return switch (random.nextInt(9)) {
            case 0, 1 -> new Operation("mkdir " + path, tree -> tree.mkdir(path));
            case 2 -> new Operation("rmdir " + path, tree -> tree.rmdir(path));
            case 3 -> new Operation("unlink " + path, tree -> tree.unlink(path));
            case 4 -> new Operation("put " + path, tree -> put(tree, path, text));
            case 5 -> new Operation("link " + path + " " + other, tree -> tree.link(path, other));
            case 6 ->
                    new Operation(
                            "symlink " + other + " " + path, tree -> tree.symlink(other, path));
            case 7 ->
                    new Operation(
                            "rename " + path + " " + other + " " + flags,
                            tree -> tree.rename(path, other, flags));
            default -> new Operation("look " + path, tree -> look(tree, path));
        };
    }

    private static Object put(Tree tree, String path, String text) {
        long result =
                tree.tryOpen(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_TRUNC);
        if (result == 0) {
            tree.put(path, text);
        }
        return result;
    }

    private static Object look(Tree tree, String path) {
        long result = tree.lookup(path);
        if (result != 0) {
            return result;
        }
        return tree.inode(path).isDirectory() ? tree.list(path) : tree.get(path);
    }

    /** All that is in a tree: paths, types, contents, link counts of files. */
    public static List<String> dump(Tree tree) {
        List<String> lines = new ArrayList<>();
        dump(tree, "", lines);
        return lines;
    }

    private static void dump(Tree tree, String directory, List<String> lines) {
        for (String name : tree.list(directory.isEmpty() ? "/" : directory)) {
            String path = directory + "/" + name;
            Inode inode = tree.linkInode(path);
            inode.refresh();
            if (inode.isDirectory()) {
                lines.add(path + "/");
                dump(tree, path, lines);
            } else if (inode.isSymlink()) {
                lines.add(path + " -> " + inode.readlink());
            } else {
                lines.add(path + " " + inode.links() + " " + tree.get(path));
            }
        }
    }
}
