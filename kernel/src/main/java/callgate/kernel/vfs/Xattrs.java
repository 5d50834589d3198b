package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Extended attributes kept in memory (xattr(7)). Thread-safe. */
public final class Xattrs {
    public static final int XATTR_CREATE = 1;
    public static final int XATTR_REPLACE = 2;

    /** Longest value, as in Linux. */
    public static final int VALUE_MAX = 65536;

    /** Names and values of one file together at most, as the list of names is bounded in Linux. */
    private static final int TOTAL_MAX = 65536 * 2;

    private final HeapBudget budget;
    private Map<String, byte[]> values = Map.of();
    private int totalBytes;

    /**
     * @param budget what names and values are counted against
     */
    public Xattrs(HeapBudget budget) {
        this.budget = budget;
    }

    public synchronized byte[] get(String name) {
        return values.get(name);
    }

    public synchronized List<String> names() {
        return List.copyOf(values.keySet());
    }

    public synchronized int set(String name, byte[] value, int flags) {
        byte[] old = values.get(name);
        if (old != null && (flags & XATTR_CREATE) != 0) {
            return -Errno.EEXIST;
        }
        if (old == null && (flags & XATTR_REPLACE) != 0) {
            return -Errno.ENODATA;
        }
        int total = totalBytes + value.length - (old == null ? -name.length() : old.length);
        if (total > TOTAL_MAX || !budget.take(total - totalBytes)) {
            return -Errno.ENOSPC;
        }
        if (values.isEmpty()) {
            values = new TreeMap<>();
        }
        values.put(name, value);
        totalBytes = total;
        return 0;
    }

    public synchronized int remove(String name) {
        byte[] old = values.isEmpty() ? null : values.remove(name);
        if (old == null) {
            return -Errno.ENODATA;
        }
        totalBytes -= old.length + name.length();
        budget.give(old.length + name.length());
        return 0;
    }

    /** Forgets all. */
    public synchronized void clear() {
        budget.give(totalBytes);
        totalBytes = 0;
        values = Map.of();
    }
}
