package callgate.kernel.task;

import callgate.kernel.mm.UserMemory;

/**
 * What a signal tells its receiver: {@code siginfo_t}. The four words are the union at offset 16,
 * whose meaning depends on the code (asm-generic/siginfo.h); the rest of the 128 bytes is zero.
 *
 * @param code SI_* or a code of the signal's own
 */
public record SignalInfo(
        int signal, int errno, int code, long first, long second, long third, long fourth) {
    public static final int BYTES = 128;

    public static final int SI_USER = 0;
    public static final int SI_KERNEL = 0x80;
    public static final int SI_QUEUE = -1;
    public static final int SI_TIMER = -2;
    public static final int SI_TKILL = -6;

    public static final int ILL_ILLOPC = 1;
    public static final int SEGV_MAPERR = 1;
    public static final int SEGV_ACCERR = 2;
    public static final int BUS_ADRALN = 1;
    public static final int BUS_ADRERR = 2;
    public static final int TRAP_BRKPT = 1;

    public static final int CLD_EXITED = 1;
    public static final int CLD_KILLED = 2;
    public static final int CLD_DUMPED = 3;
    public static final int CLD_STOPPED = 5;
    public static final int CLD_CONTINUED = 6;

    private static long pair(int low, int high) {
        return low & 0xffffffffL | (long) high << 32;
    }

    /** Sent by the kernel itself. */
    public static SignalInfo kernel(int signal) {
        return new SignalInfo(signal, 0, SI_KERNEL, 0, 0, 0, 0);
    }

    /** Sent by a process with kill ({@link #SI_USER}) or tgkill ({@link #SI_TKILL}). */
    public static SignalInfo user(int signal, int code, int pid, int uid) {
        return new SignalInfo(signal, 0, code, pair(pid, uid), 0, 0, 0);
    }

    /** Caused by an instruction. */
    public static SignalInfo fault(int signal, int code, long address) {
        return new SignalInfo(signal, 0, code, address, 0, 0, 0);
    }

    /** A child's change of state; times are in clock ticks. */
    public static SignalInfo child(
            int signal, int code, int pid, int uid, int status, long userTicks, long systemTicks) {
        return new SignalInfo(
                signal, 0, code, pair(pid, uid), status & 0xffffffffL, userTicks, systemTicks);
    }

    /** A POSIX timer expired. */
    public static SignalInfo timer(int signal, int timer, int overrun, long value) {
        return new SignalInfo(signal, 0, SI_TIMER, pair(timer, overrun), value, 0, 0);
    }

    /** Sender's process, or the child. */
    public int pid() {
        return (int) first;
    }

    public int uid() {
        return (int) (first >>> 32);
    }

    /** As {@code rt_sigqueueinfo} gives it. */
    static SignalInfo read(UserMemory memory, long address, int signal) {
        return new SignalInfo(
                signal,
                memory.readInt(address + 4),
                memory.readInt(address + 8),
                memory.readLong(address + 16),
                memory.readLong(address + 24),
                memory.readLong(address + 32),
                memory.readLong(address + 40));
    }

    /** Writes all 128 bytes. */
    public void write(UserMemory memory, long address) {
        memory.writeInt(address, signal);
        memory.writeInt(address + 4, errno);
        memory.writeInt(address + 8, code);
        memory.writeInt(address + 12, 0);
        memory.writeLong(address + 16, first);
        memory.writeLong(address + 24, second);
        memory.writeLong(address + 32, third);
        memory.writeLong(address + 40, fourth);
        memory.clear(address + 48, BYTES - 48);
    }
}
