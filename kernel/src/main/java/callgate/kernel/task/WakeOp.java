package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.UserMemory;

/**
 * The operation word of FUTEX_WAKE_OP: {@code op << 28 | comparison << 24 | operand << 12 |
 * compared} (linux/futex.h).
 */
record WakeOp(int operation, int comparison, int operand, int compared) {
    private static final int SHIFT_FLAG = 8;

    static WakeOp decode(int word) {
        int operation = word >>> 28;
        int operand = word << 8 >> 20;
        if ((operation & SHIFT_FLAG) != 0) {
            operation &= ~SHIFT_FLAG;
            operand = 1 << (operand & 31);
        }
        int comparison = word >>> 24 & 15;
        if (operation > 4 || comparison > 5) {
            throw new ErrnoException(Errno.ENOSYS);
        }
        return new WakeOp(operation, comparison, operand, word << 20 >> 20);
    }

    /** Changes the word atomically and returns its old value. */
    int apply(UserMemory memory, long address) {
        while (true) {
            int old = memory.readIntOrdered(address);
            if (memory.compareAndSetInt(address, old, changed(old))) {
                return old;
            }
        }
    }

    private int changed(int old) {
        return switch (operation) {
            case 0 -> operand;
            case 1 -> old + operand;
            case 2 -> old | operand;
            case 3 -> old & ~operand;
            default -> old ^ operand;
        };
    }

    boolean compares(int old) {
        return switch (comparison) {
            case 0 -> old == compared;
            case 1 -> old != compared;
            case 2 -> old < compared;
            case 3 -> old <= compared;
            case 4 -> old > compared;
            default -> old >= compared;
        };
    }
}
