package callgate.kernel.sys;

import callgate.kernel.mm.UserMemory;
import callgate.kernel.vfs.DeviceNumber;
import callgate.kernel.vfs.FsStatistics;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.Mount;

/** The structures that stat calls fill (asm-generic/stat.h, linux/stat.h, asm-generic/statfs.h). */
final class StatLayout {
    private static final long SECOND = 1_000_000_000L;
    private static final int BLOCK_BYTES = 4096;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_BTIME = 0x800;
    private static final int STATX_MNT_ID = 0x1000;
    private static final int STATX_BYTES = 256;
    private static final long STATX_ATTR_MOUNT_ROOT = 0x2000;
    private static final int NAME_MAX = 255;

    /** ST_VALID of statfs(2): the flags are filled in. */
    private static final long ST_VALID = 0x20;

    private StatLayout() {}

    /**
     *
     *
     * <pre>
     *  0 u64 dev   8 u64 ino   16 u32 mode  20 u32 nlink  24 u32 uid   28 u32 gid  32 u64 rdev  48 s64 size
     * 56 s32 blksize  64 s64 blocks  72 atime  88 mtime  104 ctime (each s64 seconds, u64 nanoseconds)
     * </pre>
     */
    static void writeStat(UserMemory memory, long at, Inode inode) {
        memory.writeLong(at, inode.device());
        memory.writeLong(at + 8, inode.number());
        memory.writeInt(at + 16, inode.mode());
        memory.writeInt(at + 20, inode.links());
        memory.writeInt(at + 24, inode.uid());
        memory.writeInt(at + 28, inode.gid());
        memory.writeLong(at + 32, inode.representedDevice());
        memory.writeLong(at + 40, 0);
        memory.writeLong(at + 48, inode.size());
        memory.writeLong(at + 56, BLOCK_BYTES);
        memory.writeLong(at + 64, inode.blocks());
        writeTime(memory, at + 72, inode.accessNanos());
        writeTime(memory, at + 88, inode.modifyNanos());
        writeTime(memory, at + 104, inode.changeNanos());
        memory.writeLong(at + 120, 0);
    }

    private static void writeTime(UserMemory memory, long at, long nanos) {
        memory.writeLong(at, Math.floorDiv(nanos, SECOND));
        memory.writeLong(at + 8, Math.floorMod(nanos, SECOND));
    }

    /**
     *
     *
     * <pre>
     *   0 u32 mask      4 u32 blksize   8 u64 attributes   16 u32 nlink   20 u32 uid   24 u32 gid   28 u16 mode
     *  32 u64 ino      40 u64 size     48 u64 blocks       56 u64 attributes mask
     *  64 atime  80 btime  96 ctime  112 mtime (each s64 seconds, u32 nanoseconds, pad)
     * 128 u32 rdev major, minor   136 u32 dev major, minor   144 u64 mount id
     * </pre>
     */
    static void writeStatx(UserMemory memory, long at, Inode inode, Mount mount) {
        memory.clear(at, STATX_BYTES);
        boolean hasBirth = inode.birthNanos() != 0;
        int mask =
                STATX_BASIC_STATS
                        | (hasBirth ? STATX_BTIME : 0)
                        | (mount != null ? STATX_MNT_ID : 0);
        boolean mountRoot = mount != null && mount.root() != null && mount.root().inode() == inode;
        memory.writeInt(at, mask);
        memory.writeInt(at + 4, BLOCK_BYTES);
        memory.writeLong(at + 8, mountRoot ? STATX_ATTR_MOUNT_ROOT : 0);
        memory.writeInt(at + 16, inode.links());
        memory.writeInt(at + 20, inode.uid());
        memory.writeInt(at + 24, inode.gid());
        memory.writeShort(at + 28, inode.mode());
        memory.writeLong(at + 32, inode.number());
        memory.writeLong(at + 40, inode.size());
        memory.writeLong(at + 48, inode.blocks());
        memory.writeLong(at + 56, STATX_ATTR_MOUNT_ROOT);
        writeShortTime(memory, at + 64, inode.accessNanos());
        writeShortTime(memory, at + 80, inode.birthNanos());
        writeShortTime(memory, at + 96, inode.changeNanos());
        writeShortTime(memory, at + 112, inode.modifyNanos());
        writeDevice(memory, at + 128, inode.representedDevice());
        writeDevice(memory, at + 136, inode.device());
        memory.writeLong(at + 144, mount == null ? 0 : mount.id());
    }

    private static void writeShortTime(UserMemory memory, long at, long nanos) {
        memory.writeLong(at, Math.floorDiv(nanos, SECOND));
        memory.writeInt(at + 8, (int) Math.floorMod(nanos, SECOND));
    }

    private static void writeDevice(UserMemory memory, long at, long device) {
        memory.writeInt(at, DeviceNumber.major(device));
        memory.writeInt(at + 4, DeviceNumber.minor(device));
    }

    /**
     * Fifteen 64-bit words: type, bsize, blocks, bfree, bavail, files, ffree, fsid, namelen,
     * frsize, flags, four spare.
     */
    static void writeStatfs(
            UserMemory memory, long at, FsStatistics statistics, long device, long mountFlags) {
        long[] words = {
            statistics.magic(),
            statistics.blockSizeBytes(),
            statistics.blocks(),
            statistics.freeBlocks(),
            statistics.availableBlocks(),
            statistics.files(),
            statistics.freeFiles(),
            device,
            NAME_MAX,
            statistics.blockSizeBytes(),
            mountFlags & 0xf | ST_VALID,
            0,
            0,
            0,
            0
        };
        for (int i = 0; i < words.length; i++) {
            memory.writeLong(at + 8L * i, words[i]);
        }
    }
}
