package callgate.kernel.sys;

import callgate.kernel.abi.OpenFlags;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.OpenFile;

/** Giving new open files descriptors. */
final class Descriptors {
    private Descriptors() {}

    /**
     * The lowest free descriptor for a new file, whose reference is taken over; {@code -EMFILE} if
     * there is none, and the file is closed.
     */
    static long install(Task task, OpenFile file, int flags) {
        int fd =
                task.files()
                        .add(file, 0, task.descriptorLimit(), (flags & OpenFlags.O_CLOEXEC) != 0);
        if (fd < 0) {
            file.release();
        }
        return fd;
    }

    /** Takes a descriptor back that the guest has not been told of. */
    static void uninstall(Task task, int fd) {
        OpenFile file = task.files().remove(fd);
        if (file != null) {
            file.release();
        }
    }

    /**
     * Two new files; their descriptors are written as two ints to {@code address}.
     *
     * @return 0, or a negative errno with both files closed
     */
    static long installPair(Task task, OpenFile first, OpenFile second, int flags, long address) {
        long one = install(task, first, flags);
        if (one < 0) {
            second.release();
            return one;
        }
        long two = install(task, second, flags);
        if (two < 0) {
            uninstall(task, (int) one);
            return two;
        }
        boolean told = false;
        try {
            task.memory().writeInt(address, (int) one);
            task.memory().writeInt(address + 4, (int) two);
            told = true;
            return 0;
        } finally {
            if (!told) {
                uninstall(task, (int) one);
                uninstall(task, (int) two);
            }
        }
    }
}
