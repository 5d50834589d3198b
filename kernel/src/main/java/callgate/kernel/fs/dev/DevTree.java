package callgate.kernel.fs.dev;

import callgate.kernel.abi.Mode;
import callgate.kernel.fs.tmpfs.TmpFs;
import callgate.kernel.vfs.DeviceNumber;
import callgate.kernel.vfs.Inode;

/** Fills a tmpfs with the nodes and links of {@code /dev}. */
public final class DevTree {
    private static final int TTY_GROUP = 5;

    private DevTree() {}

    /**
     * Makes the tree in an empty file system's root; {@code pts} and {@code shm} are empty
     * directories to mount on.
     */
    public static void populate(TmpFs fileSystem) {
        Inode root = fileSystem.root();
        device(root, "null", 0666, 0, MemoryDevices.MAJOR, MemoryDevices.NULL);
        device(root, "zero", 0666, 0, MemoryDevices.MAJOR, MemoryDevices.ZERO);
        device(root, "full", 0666, 0, MemoryDevices.MAJOR, MemoryDevices.FULL);
        device(root, "random", 0666, 0, MemoryDevices.MAJOR, MemoryDevices.RANDOM);
        device(root, "urandom", 0666, 0, MemoryDevices.MAJOR, MemoryDevices.URANDOM);
        device(root, "tty", 0666, TTY_GROUP, 5, 0);
        device(root, "ptmx", 0666, TTY_GROUP, 5, 2);
        link(root, "fd", "/proc/self/fd");
        link(root, "stdin", "/proc/self/fd/0");
        link(root, "stdout", "/proc/self/fd/1");
        link(root, "stderr", "/proc/self/fd/2");
        directory(root, "pts", 0755);
        directory(root, "shm", 01777);
        directory(root, "mqueue", 01777);
    }

    private static void device(
            Inode directory, String name, int permissions, int gid, int major, int minor) {
        synchronized (directory) {
            directory.create(
                    name, Mode.S_IFCHR | permissions, 0, gid, DeviceNumber.of(major, minor));
        }
    }

    private static void link(Inode directory, String name, String target) {
        synchronized (directory) {
            directory.symlink(name, target, 0, 0);
        }
    }

    private static void directory(Inode parent, String name, int permissions) {
        synchronized (parent) {
            parent.create(name, Mode.S_IFDIR | permissions, 0, 0, 0);
        }
    }
}
