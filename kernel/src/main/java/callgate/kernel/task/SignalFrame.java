package callgate.kernel.task;

import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.UserMemory;
import callgate.machine.hart.Hart;

/**
 * The frame on the guest's stack that a signal handler runs on, exactly as riscv64 Linux lays it
 * out (arch/riscv/kernel/signal.c, asm/ucontext.h, asm/sigcontext.h):
 *
 * <pre>
 *     0  siginfo_t                 128 bytes
 *   128  uc_flags                    8
 *   136  uc_link                     8
 *   144  uc_stack: ss_sp 8, ss_flags 4, pad 4, ss_size 8
 *   168  uc_sigmask                  8, and 120 bytes for a larger one, and 8 to align
 *   304  uc_mcontext: pc, x1 to x31  256
 *   560  f0 to f31, fcsr             260, in a union of 528
 *  1088  (end)
 * </pre>
 */
final class SignalFrame {
    static final int BYTES = 1088;

    private static final int UCONTEXT = 128;
    private static final int STACK = UCONTEXT + 16;
    private static final int MASK = UCONTEXT + 40;
    private static final int REGISTERS = 304;
    private static final int FLOATS = REGISTERS + 256;
    private static final int FCSR = FLOATS + 256;

    /** Last words of the union: an extension header that must be empty. */
    private static final int RESERVED = FLOATS + 516;

    private static final int RA = 1;
    private static final int SP = 2;
    private static final int A0 = 10;

    private SignalFrame() {}

    /**
     * Makes the hart go on in a handler.
     *
     * @param oldMask the mask that rt_sigreturn restores
     * @return false if the stack could not be written
     */
    static boolean push(
            Task task, SignalInfo info, SignalAction action, long oldMask, long returnAddress) {
        Hart hart = task.hart();
        long stackPointer = hart.x[SP];
        AltStack alt = task.altStack;
        boolean wasOnAlt = alt.contains(stackPointer);
        if (action.is(SignalAction.SA_ONSTACK) && alt.isEnabled() && !wasOnAlt) {
            stackPointer = alt.base() + alt.sizeBytes();
        }
        long frame = stackPointer - BYTES & -16L;
        if (wasOnAlt && !alt.isWithin(frame)) {
            return false;
        }
        try {
            write(task, frame, info, oldMask);
        } catch (ErrnoException fault) {
            return false;
        }
        if ((alt.flags() & AltStack.SS_AUTODISARM) != 0) {
            task.altStack = AltStack.NONE;
        }
        hart.x[RA] = returnAddress;
        hart.x[SP] = frame;
        hart.x[A0] = info.signal();
        hart.x[A0 + 1] = frame;
        hart.x[A0 + 2] = frame + UCONTEXT;
        hart.pc = action.handler();
        hart.clearReservation();
        return true;
    }

    private static void write(Task task, long frame, SignalInfo info, long oldMask) {
        UserMemory memory = task.memory();
        Hart hart = task.hart();
        memory.clear(frame, BYTES);
        info.write(memory, frame);
        AltStack alt = task.altStack;
        memory.writeLong(frame + STACK, alt.base());
        memory.writeInt(frame + STACK + 8, alt.reportedFlags(hart.x[SP]));
        memory.writeLong(frame + STACK + 16, alt.sizeBytes());
        memory.writeLong(frame + MASK, oldMask);
        memory.writeLong(frame + REGISTERS, hart.pc);
        memory.writeLongs(frame + REGISTERS + 8, hart.x, 1, 31);
        memory.writeLongs(frame + FLOATS, hart.f, 0, 32);
        memory.writeInt(frame + FCSR, hart.frm << 5 | hart.fflags);
    }

    /** rt_sigreturn: takes the frame at the stack pointer back. False if it is not one. */
    static boolean pop(Task task) {
        Hart hart = task.hart();
        UserMemory memory = task.memory();
        long frame = hart.x[SP];
        try {
            if ((frame & 7) != 0 || !hasNoExtension(memory, frame)) {
                return false;
            }
            long[] registers = new long[32];
            memory.readLongs(frame + REGISTERS, registers, 0, 32);
            long[] floats = new long[32];
            memory.readLongs(frame + FLOATS, floats, 0, 32);
            int fcsr = memory.readInt(frame + FCSR);
            long mask = memory.readLong(frame + MASK);
            AltStack alt = readAltStack(memory, frame);
            System.arraycopy(registers, 1, hart.x, 1, 31);
            System.arraycopy(floats, 0, hart.f, 0, 32);
            hart.fflags = fcsr & 31;
            hart.frm = fcsr >>> 5 & 7;
            hart.pc = registers[0];
            hart.clearReservation();
            Signalling.setMask(task, mask);
            if (alt != null && !task.altStack.contains(hart.x[SP])) {
                task.altStack = alt;
            }
            return true;
        } catch (ErrnoException fault) {
            return false;
        }
    }

    private static boolean hasNoExtension(UserMemory memory, long frame) {
        return memory.readInt(frame + RESERVED) == 0
                && memory.readInt(frame + RESERVED + 4) == 0
                && memory.readInt(frame + RESERVED + 8) == 0;
    }

    /**
     * The frame's alternate stack, or null if it is not a valid one (then the task keeps its own,
     * as Linux does).
     */
    private static AltStack readAltStack(UserMemory memory, long frame) {
        return AltStack.parse(
                memory.readLong(frame + STACK),
                memory.readInt(frame + STACK + 8),
                memory.readLong(frame + STACK + 16));
    }
}
