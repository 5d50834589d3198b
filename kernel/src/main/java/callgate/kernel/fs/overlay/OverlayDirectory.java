package callgate.kernel.fs.overlay;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Mode;
import callgate.kernel.vfs.DirectoryEmitter;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.LayerDirectory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A directory. Its table holds the names that were looked up or changed; other names are the
 * layers', until a listing needs all and loads them into the table. Guarded by its monitor.
 */
final class OverlayDirectory extends OverlayInode {
    private static final int SIZE_BYTES = 4096;

    /** Entries copied out of the monitor at a time. */
    private static final int LIST_BATCH = 128;

    /** The first of Linux's offsets that is no {@code .} or {@code ..}. */
    private static final long FIRST_COOKIE = 2;

    /**
     * A name; {@code inode} is null until somebody asks for it, or for ever if the name is gone.
     */
    private static final class Entry {
        final String name;
        final long cookie;
        final long number;
        final int type;
        OverlayInode inode;

        Entry(String name, long cookie, long number, int type, OverlayInode inode) {
            this.name = name;
            this.cookie = cookie;
            this.number = number;
            this.type = type;
            this.inode = inode;
        }
    }

    /** Stands for a name of a layer that is gone here. */
    private static final Entry GONE = new Entry("", 0, 0, 0, null);

    private final List<Lower> lowers;
    private final Map<String, Entry> byName = new HashMap<>();
    private final TreeMap<Long, Entry> byCookie = new TreeMap<>();
    private final boolean counted;
    private long nextCookie = FIRST_COOKIE;
    private boolean loaded;

    /** Over directories of layers, highest first. */
    OverlayDirectory(OverlayFs fileSystem, List<Lower> lowers) {
        super(fileSystem, lowers.getFirst());
        this.lowers = lowers;
        counted = false;
        if (lowers.size() > 1) {
            initLinks(
                    Math.max(
                            2,
                            lowers.stream()
                                    .mapToInt(lower -> lower.inode().links())
                                    .max()
                                    .getAsInt()));
        }
    }

    /** A new directory; the caller has counted it. */
    OverlayDirectory(OverlayFs fileSystem, int mode, int uid, int gid) {
        super(fileSystem, mode, uid, gid);
        lowers = List.of();
        counted = true;
        loaded = true;
        initLinks(2);
    }

    @Override
    protected void end() {
        if (counted) {
            fileSystem().upper().giveInode(0);
        }
    }

    @Override
    public long size() {
        return SIZE_BYTES;
    }

    // ---- looking up ----

    @Override
    public synchronized Inode lookup(String name) {
        Entry entry = byName.get(name);
        if (entry != null && (entry.inode != null || entry == GONE)) {
            return entry.inode;
        }
        if (entry == null && loaded) {
            return null;
        }
        OverlayInode found = below(name);
        if (entry != null) {
            entry.inode = found;
        } else if (found != null) {
            put(name, found);
        }
        return found;
    }

    /** What the layers have under a name. */
    private OverlayInode below(String name) {
        List<Lower> directories = null;
        for (Lower lower : lowers) {
            Inode child = lower.lookup(name);
            if (child == null) {
                if (lower.hides(name)) {
                    break;
                }
                continue;
            }
            if (!child.isDirectory()) {
                if (directories == null) {
                    return fileSystem().over(new Lower(child, lower.layer()));
                }
                break;
            }
            if (directories == null) {
                directories = new ArrayList<>(2);
            }
            directories.add(new Lower(child, lower.layer()));
            if (Lower.isOpaque(child)) {
                break;
            }
        }
        return directories == null ? null : new OverlayDirectory(fileSystem(), directories);
    }

    private void put(String name, OverlayInode inode) {
        put(new Entry(name, nextCookie++, inode.number(), inode.mode() >>> 12, inode));
    }

    private void put(Entry entry) {
        byName.put(entry.name, entry);
        byCookie.put(entry.cookie, entry);
    }

    /** Takes a name out of the table; a layer's name stays known as gone. */
    private void take(String name) {
        Entry entry = loaded ? byName.remove(name) : byName.put(name, GONE);
        if (entry != null && entry != GONE) {
            byCookie.remove(entry.cookie);
        }
    }

    // ---- making ----

    @Override
    public synchronized Inode create(String name, int mode, int uid, int gid, long device) {
        OverlayInode inode;
        switch (mode & Mode.S_IFMT) {
            case Mode.S_IFREG -> inode = new OverlayFile(fileSystem(), mode, uid, gid);
            case Mode.S_IFDIR -> {
                fileSystem().takeInode(0);
                inode = new OverlayDirectory(fileSystem(), mode, uid, gid);
            }
            default -> {
                fileSystem().takeInode(0);
                inode = new OverlayNode(fileSystem(), mode, uid, gid, device);
            }
        }
        add(name, inode);
        return inode;
    }

    @Override
    public synchronized Inode symlink(String name, String target, int uid, int gid) {
        fileSystem().takeInode(target.length());
        OverlayInode inode = new OverlayNode(fileSystem(), target, uid, gid);
        add(name, inode);
        return inode;
    }

    @Override
    public Inode createUnnamed(int mode, int uid, int gid, Linking linking) {
        return new OverlayFile(fileSystem(), mode, uid, gid, linking);
    }

    @Override
    public synchronized int link(String name, Inode target) {
        OverlayInode inode = (OverlayInode) target;
        int result = inode.tryLink();
        if (result == 0) {
            add(name, inode);
        }
        return result;
    }

    private void add(String name, OverlayInode inode) {
        put(name, inode);
        if (inode.isDirectory()) {
            addLinks(1);
        }
        touchModify(now());
    }

    // ---- removing ----

    @Override
    public synchronized int unlink(String name, Inode child) {
        remove(name, child);
        ((OverlayInode) child).linked(-1);
        return 0;
    }

    @Override
    public synchronized int rmdir(String name, Inode child) {
        OverlayDirectory directory = (OverlayDirectory) child;
        if (!directory.isEmpty()) {
            return -Errno.ENOTEMPTY;
        }
        remove(name, directory);
        directory.linked(-directory.links());
        return 0;
    }

    private void remove(String name, Inode inode) {
        take(name);
        if (inode.isDirectory()) {
            addLinks(-1);
        }
        touchModify(now());
    }

    private synchronized boolean isEmpty() {
        load();
        return byCookie.isEmpty();
    }

    @Override
    public int rename(
            String name,
            Inode child,
            Inode newDirectory,
            String newName,
            Inode replaced,
            Exchange exchange) {
        OverlayDirectory to = (OverlayDirectory) newDirectory;
        OverlayInode moved = (OverlayInode) child;
        OverlayInode other = (OverlayInode) replaced;
        if (exchange == Exchange.YES) {
            remove(name, moved);
            to.remove(newName, other);
            add(name, other);
            to.add(newName, moved);
            other.touchChange(now());
        } else {
            if (other instanceof OverlayDirectory directory && !directory.isEmpty()) {
                return -Errno.ENOTEMPTY;
            }
            remove(name, moved);
            if (other != null) {
                to.remove(newName, other);
                other.linked(other.isDirectory() ? -other.links() : -1);
            }
            to.add(newName, moved);
        }
        moved.touchChange(now());
        return 0;
    }

    // ---- listing ----

    @Override
    public long list(long offset, DirectoryEmitter emitter) {
        Entry[] batch = new Entry[LIST_BATCH];
        long from = offset;
        while (true) {
            int count = copyFrom(from, batch);
            for (int i = 0; i < count; i++) {
                Entry entry = batch[i];
                from = entry.cookie + 1;
                if (!emitter.emit(entry.name, entry.number, entry.type, from)) {
                    return 0;
                }
            }
            if (count < LIST_BATCH) {
                return 0;
            }
        }
    }

    private synchronized int copyFrom(long offset, Entry[] batch) {
        load();
        int count = 0;
        for (Entry entry : byCookie.tailMap(offset, true).values()) {
            if (count == batch.length) {
                break;
            }
            batch[count++] = entry;
        }
        return count;
    }

    /** Takes all names of the layers into the table. */
    private void load() {
        if (loaded) {
            return;
        }
        Set<String> hidden = new HashSet<>();
        for (Lower lower : lowers) {
            List<String> hiddenHere =
                    lower.inode() instanceof LayerDirectory layered
                            ? layered.hiddenNames()
                            : List.of();
            lower.inode()
                    .list(
                            FIRST_COOKIE,
                            (name, number, type, next) -> {
                                if (!byName.containsKey(name) && !hidden.contains(name)) {
                                    put(
                                            new Entry(
                                                    name,
                                                    nextCookie++,
                                                    fileSystem().numberOf(number, lower.layer()),
                                                    type,
                                                    null));
                                }
                                return true;
                            });
            hidden.addAll(hiddenHere);
        }
        byName.values().removeIf(entry -> entry == GONE);
        loaded = true;
    }
}
