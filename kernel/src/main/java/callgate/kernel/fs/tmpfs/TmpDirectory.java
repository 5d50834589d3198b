package callgate.kernel.fs.tmpfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.vfs.DirectoryEmitter;
import callgate.kernel.vfs.Inode;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A directory: names to inodes, and for each name a cookie that gives listings a stable order.
 * Guarded by its monitor.
 */
final class TmpDirectory extends TmpInode {
    /** What Linux's tmpfs shows as the size that an entry takes. */
    private static final int ENTRY_BYTES = 20;

    /** Entries copied out of the monitor at a time. */
    private static final int LIST_BATCH = 128;

    private record Entry(String name, TmpInode inode, long cookie) {}

    private final Map<String, Entry> byName = new HashMap<>();
    private final TreeMap<Long, Entry> byCookie = new TreeMap<>();
    private long nextCookie = 2;

    TmpDirectory(TmpFs fileSystem, int mode, int uid, int gid) {
        super(fileSystem, mode, uid, gid);
        initLinks(2);
    }

    @Override
    public synchronized long size() {
        return (2L + byName.size()) * ENTRY_BYTES;
    }

    @Override
    public synchronized Inode lookup(String name) {
        Entry entry = byName.get(name);
        return entry == null ? null : entry.inode;
    }

    // ---- making ----

    @Override
    public synchronized Inode create(String name, int mode, int uid, int gid, long device) {
        takeInode(0);
        TmpInode inode =
                switch (mode & Mode.S_IFMT) {
                    case Mode.S_IFREG -> new TmpFile(fileSystem(), mode, uid, gid);
                    case Mode.S_IFDIR -> new TmpDirectory(fileSystem(), mode, uid, gid);
                    default -> new TmpNode(fileSystem(), mode, uid, gid, device);
                };
        add(name, inode);
        return inode;
    }

    @Override
    public synchronized Inode symlink(String name, String target, int uid, int gid) {
        takeInode(target.length());
        TmpInode inode = new TmpSymlink(fileSystem(), target, uid, gid);
        add(name, inode);
        return inode;
    }

    @Override
    public Inode createUnnamed(int mode, int uid, int gid, Linking linking) {
        takeInode(0);
        return TmpFile.unnamed(fileSystem(), mode, uid, gid, linking);
    }

    private void takeInode(int extraBytes) {
        if (!fileSystem().takeInode(extraBytes)) {
            throw new ErrnoException(Errno.ENOSPC);
        }
    }

    @Override
    public synchronized int link(String name, Inode target) {
        TmpInode inode = (TmpInode) target;
        int result = inode.tryLink();
        if (result == 0) {
            add(name, inode);
        }
        return result;
    }

    private void add(String name, TmpInode inode) {
        put(name, inode);
        if (inode.isDirectory()) {
            addLinks(1);
        }
        touchModify(now());
    }

    private void put(String name, TmpInode inode) {
        Entry entry = new Entry(name, inode, nextCookie++);
        byName.put(name, entry);
        byCookie.put(entry.cookie, entry);
    }

    // ---- removing ----

    @Override
    public synchronized int unlink(String name, Inode child) {
        remove(name, (TmpInode) child);
        ((TmpInode) child).linked(-1);
        return 0;
    }

    @Override
    public synchronized int rmdir(String name, Inode child) {
        TmpDirectory directory = (TmpDirectory) child;
        if (!directory.isEmpty()) {
            return -Errno.ENOTEMPTY;
        }
        remove(name, directory);
        directory.linked(-2);
        return 0;
    }

    private synchronized boolean isEmpty() {
        return byName.isEmpty();
    }

    private void remove(String name, TmpInode inode) {
        take(name);
        if (inode.isDirectory()) {
            addLinks(-1);
        }
        touchModify(now());
    }

    private void take(String name) {
        Entry entry = byName.remove(name);
        byCookie.remove(entry.cookie);
    }

    @Override
    public int rename(
            String name,
            Inode child,
            Inode newDirectory,
            String newName,
            Inode replaced,
            Exchange exchange) {
        TmpDirectory to = (TmpDirectory) newDirectory;
        TmpInode moved = (TmpInode) child;
        TmpInode other = (TmpInode) replaced;
        if (exchange == Exchange.YES) {
            remove(name, moved);
            to.remove(newName, other);
            add(name, other);
            to.add(newName, moved);
            other.touchChange(now());
        } else {
            if (other instanceof TmpDirectory directory && !directory.isEmpty()) {
                return -Errno.ENOTEMPTY;
            }
            remove(name, moved);
            if (other != null) {
                to.remove(newName, other);
                other.linked(other.isDirectory() ? -2 : -1);
            }
            to.add(newName, moved);
        }
        moved.touchChange(now());
        return 0;
    }

    // ---- listing ----

    @Override
    public long list(long offset, DirectoryEmitter emitter) {
        long from = offset;
        Entry[] batch = new Entry[LIST_BATCH];
        while (true) {
            int count = copyFrom(from, batch);
            for (int i = 0; i < count; i++) {
                Entry entry = batch[i];
                TmpInode inode = entry.inode;
                if (!emitter.emit(
                        entry.name, inode.number(), inode.mode() >>> 12, entry.cookie + 1)) {
                    return 0;
                }
                from = entry.cookie + 1;
            }
            if (count < LIST_BATCH) {
                return 0;
            }
        }
    }

    private synchronized int copyFrom(long offset, Entry[] batch) {
        int count = 0;
        for (Entry entry : byCookie.tailMap(offset, true).values()) {
            if (count == batch.length) {
                break;
            }
            batch[count++] = entry;
        }
        return count;
    }
}
