package callgate.machine.isa;

import callgate.machine.hart.Cause;
import callgate.machine.hart.GuestFault;
import callgate.machine.hart.Hart;
import java.lang.invoke.VarHandle;

/**
 * FENCE, FENCE.I, ECALL, EBREAK, and the CSR instructions with the registers that user mode may
 * see.
 */
public final class SystemInsns {
    private static final int FFLAGS = 0x001;
    private static final int FRM = 0x002;
    private static final int FCSR = 0x003;
    private static final int CYCLE = 0xc00;
    private static final int TIME = 0xc01;
    private static final int INSTRET = 0xc02;

    private SystemInsns() {}

    /**
     * What stands for every encoding that is no instruction. Zero is the one that will never become
     * one.
     */
    @Insn(bits = "0000000 00000 00000 000 00000 0000000", asm = "unimp")
    public static void illegal(Hart hart, int raw) {
        throw illegalInstruction(hart, raw);
    }

    /** Every kind of fence is the strongest one. */
    @Insn(bits = "....... ..... ..... 000 ..... 0001111", asm = "fence pred, succ")
    public static void fence() {
        VarHandle.fullFence();
    }

    @Insn(bits = "....... ..... ..... 001 ..... 0001111", asm = "fence.i")
    public static void fenceI(Hart hart) {
        hart.supervisor.fenceInstruction(hart);
    }

    /**
     * The engine sets {@code hart.pc} before; afterwards it goes on there, or leaves if the result
     * is false.
     */
    @Insn(bits = "0000000 00000 00000 000 00000 1110011", asm = "ecall")
    public static boolean ecall(Hart hart) {
        return hart.supervisor.ecall(hart);
    }

    @Insn(bits = "0000000 00001 00000 000 00000 1110011", asm = "ebreak")
    public static void ebreak(Hart hart, long pc) {
        throw hart.fault(Cause.BREAKPOINT, pc);
    }

    // ---- Zicsr: set and clear with x0 or 0 do not write, which makes them legal for read-only
    // registers ----

    @Insn(bits = "....... ..... ..... 001 ..... 1110011", asm = "csrrw rd, csr, rs1")
    public static long csrrw(Hart hart, int csr, long rs1, int raw) {
        long old = read(hart, csr, raw);
        write(hart, csr, rs1, raw);
        return old;
    }

    @Insn(bits = "....... ..... ..... 010 ..... 1110011", asm = "csrrs rd, csr, rs1")
    public static long csrrs(Hart hart, int csr, long rs1, int raw) {
        long old = read(hart, csr, raw);
        if (source(raw) != 0) {
            write(hart, csr, old | rs1, raw);
        }
        return old;
    }

    @Insn(bits = "....... ..... ..... 011 ..... 1110011", asm = "csrrc rd, csr, rs1")
    public static long csrrc(Hart hart, int csr, long rs1, int raw) {
        long old = read(hart, csr, raw);
        if (source(raw) != 0) {
            write(hart, csr, old & ~rs1, raw);
        }
        return old;
    }

    @Insn(bits = "....... ..... ..... 101 ..... 1110011", asm = "csrrwi rd, csr, uimm")
    public static long csrrwi(Hart hart, int csr, long uimm, int raw) {
        long old = read(hart, csr, raw);
        write(hart, csr, uimm, raw);
        return old;
    }

    @Insn(bits = "....... ..... ..... 110 ..... 1110011", asm = "csrrsi rd, csr, uimm")
    public static long csrrsi(Hart hart, int csr, long uimm, int raw) {
        long old = read(hart, csr, raw);
        if (uimm != 0) {
            write(hart, csr, old | uimm, raw);
        }
        return old;
    }

    @Insn(bits = "....... ..... ..... 111 ..... 1110011", asm = "csrrci rd, csr, uimm")
    public static long csrrci(Hart hart, int csr, long uimm, int raw) {
        long old = read(hart, csr, raw);
        if (uimm != 0) {
            write(hart, csr, old & ~uimm, raw);
        }
        return old;
    }

    private static GuestFault illegalInstruction(Hart hart, int raw) {
        return hart.fault(Cause.ILLEGAL_INSTRUCTION, raw & 0xffff_ffffL);
    }

    private static int source(int raw) {
        return raw >>> 15 & 31;
    }

    private static long read(Hart hart, int csr, int raw) {
        return switch (csr) {
            case FFLAGS -> hart.fflags;
            case FRM -> hart.frm;
            case FCSR -> hart.frm << 5 | hart.fflags;
            case CYCLE, INSTRET -> hart.retired;
            case TIME -> hart.supervisor.time(hart);
            default -> throw illegalInstruction(hart, raw);
        };
    }

    private static void write(Hart hart, int csr, long value, int raw) {
        switch (csr) {
            case FFLAGS -> hart.fflags = (int) value & 0x1f;
            case FRM -> hart.frm = (int) value & 7;
            case FCSR -> {
                hart.fflags = (int) value & 0x1f;
                hart.frm = (int) value >>> 5 & 7;
            }
            default -> throw illegalInstruction(hart, raw);
        }
    }
}
