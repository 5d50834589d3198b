package callgate.kernel.mm;

/**
 * Frames of a file by page index, sparse: a radix tree of 64-way nodes that is as high as the largest index needs. Frame 0 means
 * "none". Not thread-safe: its owner guards it. It does not touch reference counts.
 */
public final class FrameMap {
    private static final int BITS = 6;
    private static final int WAYS = 1 << BITS;
    private static final int MASK = WAYS - 1;

    /** Takes the frames of a range; see {@link #removeRange}. */
    @FunctionalInterface
    public interface FrameConsumer {
        void accept(int frame);
    }

    /** Leaves (height 1) hold frames, inner nodes hold nodes. */
    private static final class Node {
        final Node[] children;
        final int[] frames;
        int used;

        Node(boolean leaf) {
            children = leaf ? null : new Node[WAYS];
            frames = leaf ? new int[WAYS] : null;
        }
    }

    private Node root;
    private int height;
    private long count;

    /** How many pages have a frame. */
    public long count() {
        return count;
    }

    /** The frame of a page, or 0. */
    public int get(long index) {
        Node node = root;
        int level = height;
        if (node == null || index >>> BITS * level != 0) {
            return 0;
        }
        while (--level > 0) {
            node = node.children[(int) (index >>> BITS * level) & MASK];
            if (node == null) {
                return 0;
            }
        }
        return node.frames[(int) index & MASK];
    }

    /** Sets the frame of a page that has none. */
    public void put(long index, int frame) {
        assert frame > 0 && index >= 0 && index < 1L << 52;
        if (root == null) {
            root = new Node(true);
            height = 1;
        }
        while (index >>> BITS * height != 0) {
            grow();
        }
        Node node = root;
        for (int level = height - 1; level > 0; level--) {
            int way = (int) (index >>> BITS * level) & MASK;
            Node child = node.children[way];
            if (child == null) {
                child = new Node(level == 1);
                node.children[way] = child;
                node.used++;
            }
            node = child;
        }
        int way = (int) index & MASK;
        assert node.frames[way] == 0 : "page " + index + " has a frame";
        node.frames[way] = frame;
        node.used++;
        count++;
    }

    private void grow() {
        Node higher = new Node(false);
        higher.children[0] = root;
        higher.used = 1;
        root = higher;
        height++;
    }

    /** Takes the frame of a page out; returns it, or 0. */
    public int remove(long index) {
        int frame = get(index);
        if (frame != 0) {
            removeRange(index, index, removed -> {});
        }
        return frame;
    }

    /** Takes out the frames of the pages {@code first} to {@code last}, both included, and gives them to {@code to}. */
    public void removeRange(long first, long last, FrameConsumer to) {
        if (root != null && first <= last && remove(root, height - 1, 0, first, last, to)) {
            root = null;
            height = 0;
        }
    }

    /** Returns whether the node is empty now. {@code base} is the index of its first page. */
    private boolean remove(Node node, int level, long base, long first, long last, FrameConsumer to) {
        long span = 1L << BITS * level;
        int from = first <= base ? 0 : (int) Math.min(WAYS, (first - base) / span);
        for (int way = from; way < WAYS && node.used > 0; way++) {
            long at = base + way * span;
            if (at > last) {
                break;
            }
            if (level == 0) {
                int frame = node.frames[way];
                if (frame != 0) {
                    node.frames[way] = 0;
                    node.used--;
                    count--;
                    to.accept(frame);
                }
            } else if (node.children[way] != null && remove(node.children[way], level - 1, at, first, last, to)) {
                node.children[way] = null;
                node.used--;
            }
        }
        return node.used == 0;
    }

    /** The first page from {@code index} on that has a frame, or -1. */
    public long nextUsed(long index) {
        return root == null || height * BITS < 63 && index >>> BITS * height != 0
                ? -1
                : nextUsed(root, height - 1, 0, index);
    }

    private static long nextUsed(Node node, int level, long base, long index) {
        long span = 1L << BITS * level;
        int from = index <= base ? 0 : (int) Math.min(WAYS, (index - base) / span);
        for (int way = from; way < WAYS; way++) {
            long at = base + way * span;
            if (level == 0) {
                if (node.frames[way] != 0) {
                    return at;
                }
            } else if (node.children[way] != null) {
                long found = nextUsed(node.children[way], level - 1, at, index);
                if (found >= 0) {
                    return found;
                }
            }
        }
        return -1;
    }
}
