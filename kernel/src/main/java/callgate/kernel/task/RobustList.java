package callgate.kernel.task;

import callgate.kernel.mm.UserMemory;

/**
 * Locks that a task held when it ended: set_robust_list(2), and the kernel's documentation
 * "robust-futex-ABI". The list is in guest memory: a head of {next, offset of the lock word,
 * pending}, entries linked by their first word; bit 0 of a pointer marks a PI lock.
 */
final class RobustList {
    static final long HEAD_BYTES = 24;

    private static final int FUTEX_WAITERS = 0x8000_0000;
    private static final int FUTEX_OWNER_DIED = 0x4000_0000;
    private static final int FUTEX_TID_MASK = 0x3fff_ffff;

    /** Linux's ROBUST_LIST_LIMIT: a guest may build a circle. */
    private static final int LIMIT = 2048;

    private RobustList() {}

    /** Marks each lock as its owner's having died, and wakes one waiter of each. */
    static void release(Task task) {
        long head = task.robustList;
        task.robustList = 0;
        if (head == 0) {
            return;
        }
        UserMemory memory = task.memory();
        long offset = memory.readLong(head + 8);
        long pending = memory.readLong(head + 16) & ~1L;
        long entry = memory.readLong(head) & ~1L;
        for (int i = 0; i < LIMIT && entry != head && entry != 0; i++) {
            long next =
                    memory.readLong(entry)
                            & ~1L; // before the word: afterwards another may own the entry
            if (entry != pending) {
                releaseLock(task, entry + offset);
            }
            entry = next;
        }
        if (pending != 0) {
            releaseLock(task, pending + offset);
        }
    }

    private static void releaseLock(Task task, long word) {
        if ((word & 3) != 0) {
            return;
        }
        while (true) {
            int value = task.memory().readIntOrdered(word);
            if ((value & FUTEX_TID_MASK) != task.tid()) {
                return;
            }
            if (task.memory()
                    .compareAndSetInt(word, value, value & FUTEX_WAITERS | FUTEX_OWNER_DIED)) {
                if ((value & FUTEX_WAITERS) != 0) {
                    task.services()
                            .futexes()
                            .wake(task.space(), word, 1, Futexes.ANY, Futexes.Scope.ANY);
                }
                return;
            }
        }
    }
}
