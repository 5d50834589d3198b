package callgate.kernel.sys;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.ipc.PollSet;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.OpenFile;

/** The three bit sets of {@code select}. */
final class SelectSets {
    private static final int READ =
            PollEvents.READABLE | PollEvents.POLLRDBAND | PollEvents.POLLHUP | PollEvents.POLLERR;
    private static final int WRITE =
            PollEvents.WRITABLE | PollEvents.POLLWRBAND | PollEvents.POLLERR;
    private static final int EXCEPTION = PollEvents.POLLPRI;
    private static final int[] MEANING = {READ, WRITE, EXCEPTION};

    private SelectSets() {}

    /**
     * Waits, and writes the sets back if something is ready or the time is over. A set's address
     * may be 0.
     */
    static long select(
            Task task, int count, long readable, long writable, long exceptional, long deadline) {
        int bits = Math.min(count, task.files().size());
        long[] addresses = {readable, writable, exceptional};
        long[][] sets = new long[addresses.length][];
        for (int i = 0; i < sets.length; i++) {
            sets[i] = read(task, addresses[i], bits);
        }
        int[] descriptors = new int[bits];
        try (PollSet polls = new PollSet(bits, task.services().heap())) {
            int used = 0;
            for (int fd = 0; fd < bits; fd++) {
                int wanted = wanted(sets, fd);
                if (wanted == 0) {
                    continue;
                }
                OpenFile file = task.files().get(fd);
                if (file == null) {
                    return -Errno.EBADF;
                }
                polls.add(file, wanted);
                descriptors[used++] = fd;
            }
            long result = polls.await(task.waiter(), deadline);
            if (result < 0) {
                return result;
            }
            int found = 0;
            for (int i = 0; i < used; i++) {
                found += keep(sets, descriptors[i], polls.ready(i));
            }
            for (int i = 0; i < sets.length; i++) {
                write(task, addresses[i], sets[i], bits);
            }
            return found;
        }
    }

    private static int wanted(long[][] sets, int fd) {
        int wanted = 0;
        for (int i = 0; i < sets.length; i++) {
            wanted |= has(sets[i], fd) ? MEANING[i] : 0;
        }
        return wanted;
    }

    private static boolean has(long[] set, int fd) {
        return (set[fd >> 6] >>> fd & 1) != 0;
    }

    /** Takes the descriptor out of the sets for which it is not ready; in how many it stays. */
    private static int keep(long[][] sets, int fd, int ready) {
        int kept = 0;
        for (int i = 0; i < sets.length; i++) {
            if (!has(sets[i], fd)) {
                continue;
            }
            if ((ready & MEANING[i]) != 0) {
                kept++;
            } else {
                sets[i][fd >> 6] &= ~(1L << fd);
            }
        }
        return kept;
    }

    private static long[] read(Task task, long address, int bits) {
        long[] set = new long[(bits >> 6) + 1];
        for (int i = 0; address != 0 && i < words(bits); i++) {
            set[i] = task.memory().readLong(address + 8L * i);
        }
        if ((bits & 63) != 0) {
            set[bits >> 6] &= (1L << bits) - 1;
        }
        return set;
    }

    private static int words(int bits) {
        return (bits + 63) >> 6;
    }

    private static void write(Task task, long address, long[] set, int bits) {
        for (int i = 0; address != 0 && i < words(bits); i++) {
            task.memory().writeLong(address + 8L * i, set[i]);
        }
    }
}
