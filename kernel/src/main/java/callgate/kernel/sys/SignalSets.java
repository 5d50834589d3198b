package callgate.kernel.sys;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.task.Task;

/** Signal sets in guest memory: 8 bytes, and the caller says so. */
final class SignalSets {
    static final long BYTES = 8;

    private SignalSets() {}

    /** EINVAL if the caller's idea of a set's size is not the kernel's. */
    static void checkSize(long sizeBytes) {
        if (sizeBytes != BYTES) {
            throw new ErrnoException(Errno.EINVAL);
        }
    }

    static long read(Task task, long address, long sizeBytes) {
        checkSize(sizeBytes);
        return task.memory().readLong(address);
    }
}
