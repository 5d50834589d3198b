package callgate.machine.isa;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.machine.hart.Hart;

/**
 * A: LR, SC and the read-modify-writes. All are sequentially consistent, which is at least what any
 * setting of aq and rl asks for. Addresses must be multiples of the width.
 */
public final class AtomicInsns {
    private AtomicInsns() {}

    @Insn(bits = "00010.. 00000 ..... 010 ..... 0101111", asm = "lr.w rd, (rs1)")
    public static long lrW(Hart hart, long rs1) {
        return hart.loadReserved32(rs1);
    }

    @Insn(bits = "00011.. ..... ..... 010 ..... 0101111", asm = "sc.w rd, rs2, (rs1)")
    public static long scW(Hart hart, long rs1, long rs2) {
        return hart.storeConditional32(rs1, (int) rs2);
    }

    @Insn(bits = "00010.. 00000 ..... 011 ..... 0101111", asm = "lr.d rd, (rs1)")
    public static long lrD(Hart hart, long rs1) {
        return hart.loadReserved64(rs1);
    }

    @Insn(bits = "00011.. ..... ..... 011 ..... 0101111", asm = "sc.d rd, rs2, (rs1)")
    public static long scD(Hart hart, long rs1, long rs2) {
        return hart.storeConditional64(rs1, rs2);
    }

    // ---- 32 bits ----

    @Insn(bits = "00001.. ..... ..... 010 ..... 0101111", asm = "amoswap.w rd, rs2, (rs1)")
    public static long amoswapW(Hart hart, long rs1, long rs2) {
        return RAW.getAndSetInt(hart.atomicAddress(rs1, 4), (int) rs2);
    }

    @Insn(bits = "00000.. ..... ..... 010 ..... 0101111", asm = "amoadd.w rd, rs2, (rs1)")
    public static long amoaddW(Hart hart, long rs1, long rs2) {
        return RAW.getAndAddInt(hart.atomicAddress(rs1, 4), (int) rs2);
    }

    @Insn(bits = "00100.. ..... ..... 010 ..... 0101111", asm = "amoxor.w rd, rs2, (rs1)")
    public static long amoxorW(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 4);
        int operand = (int) rs2;
        int old;
        do {
            old = RAW.getIntOrdered(word);
        } while (!RAW.compareAndSetInt(word, old, old ^ operand));
        return old;
    }

    @Insn(bits = "01100.. ..... ..... 010 ..... 0101111", asm = "amoand.w rd, rs2, (rs1)")
    public static long amoandW(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 4);
        int operand = (int) rs2;
        int old;
        do {
            old = RAW.getIntOrdered(word);
        } while (!RAW.compareAndSetInt(word, old, old & operand));
        return old;
    }

    @Insn(bits = "01000.. ..... ..... 010 ..... 0101111", asm = "amoor.w rd, rs2, (rs1)")
    public static long amoorW(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 4);
        int operand = (int) rs2;
        int old;
        do {
            old = RAW.getIntOrdered(word);
        } while (!RAW.compareAndSetInt(word, old, old | operand));
        return old;
    }

    @Insn(bits = "10000.. ..... ..... 010 ..... 0101111", asm = "amomin.w rd, rs2, (rs1)")
    public static long amominW(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 4);
        int operand = (int) rs2;
        int old;
        do {
            old = RAW.getIntOrdered(word);
        } while (!RAW.compareAndSetInt(word, old, Math.min(old, operand)));
        return old;
    }

    @Insn(bits = "10100.. ..... ..... 010 ..... 0101111", asm = "amomax.w rd, rs2, (rs1)")
    public static long amomaxW(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 4);
        int operand = (int) rs2;
        int old;
        do {
            old = RAW.getIntOrdered(word);
        } while (!RAW.compareAndSetInt(word, old, Math.max(old, operand)));
        return old;
    }

    @Insn(bits = "11000.. ..... ..... 010 ..... 0101111", asm = "amominu.w rd, rs2, (rs1)")
    public static long amominuW(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 4);
        int operand = (int) rs2;
        int old;
        do {
            old = RAW.getIntOrdered(word);
        } while (!RAW.compareAndSetInt(
                word, old, Integer.compareUnsigned(old, operand) <= 0 ? old : operand));
        return old;
    }

    @Insn(bits = "11100.. ..... ..... 010 ..... 0101111", asm = "amomaxu.w rd, rs2, (rs1)")
    public static long amomaxuW(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 4);
        int operand = (int) rs2;
        int old;
        do {
            old = RAW.getIntOrdered(word);
        } while (!RAW.compareAndSetInt(
                word, old, Integer.compareUnsigned(old, operand) >= 0 ? old : operand));
        return old;
    }

    // ---- 64 bits ----

    @Insn(bits = "00001.. ..... ..... 011 ..... 0101111", asm = "amoswap.d rd, rs2, (rs1)")
    public static long amoswapD(Hart hart, long rs1, long rs2) {
        return RAW.getAndSetLong(hart.atomicAddress(rs1, 8), rs2);
    }

    @Insn(bits = "00000.. ..... ..... 011 ..... 0101111", asm = "amoadd.d rd, rs2, (rs1)")
    public static long amoaddD(Hart hart, long rs1, long rs2) {
        return RAW.getAndAddLong(hart.atomicAddress(rs1, 8), rs2);
    }

    @Insn(bits = "00100.. ..... ..... 011 ..... 0101111", asm = "amoxor.d rd, rs2, (rs1)")
    public static long amoxorD(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 8);
        long old;
        do {
            old = RAW.getLongOrdered(word);
        } while (!RAW.compareAndSetLong(word, old, old ^ rs2));
        return old;
    }

    @Insn(bits = "01100.. ..... ..... 011 ..... 0101111", asm = "amoand.d rd, rs2, (rs1)")
    public static long amoandD(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 8);
        long old;
        do {
            old = RAW.getLongOrdered(word);
        } while (!RAW.compareAndSetLong(word, old, old & rs2));
        return old;
    }

    @Insn(bits = "01000.. ..... ..... 011 ..... 0101111", asm = "amoor.d rd, rs2, (rs1)")
    public static long amoorD(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 8);
        long old;
        do {
            old = RAW.getLongOrdered(word);
        } while (!RAW.compareAndSetLong(word, old, old | rs2));
        return old;
    }

    @Insn(bits = "10000.. ..... ..... 011 ..... 0101111", asm = "amomin.d rd, rs2, (rs1)")
    public static long amominD(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 8);
        long old;
        do {
            old = RAW.getLongOrdered(word);
        } while (!RAW.compareAndSetLong(word, old, Math.min(old, rs2)));
        return old;
    }

    @Insn(bits = "10100.. ..... ..... 011 ..... 0101111", asm = "amomax.d rd, rs2, (rs1)")
    public static long amomaxD(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 8);
        long old;
        do {
            old = RAW.getLongOrdered(word);
        } while (!RAW.compareAndSetLong(word, old, Math.max(old, rs2)));
        return old;
    }

    @Insn(bits = "11000.. ..... ..... 011 ..... 0101111", asm = "amominu.d rd, rs2, (rs1)")
    public static long amominuD(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 8);
        long old;
        do {
            old = RAW.getLongOrdered(word);
        } while (!RAW.compareAndSetLong(
                word, old, Long.compareUnsigned(old, rs2) <= 0 ? old : rs2));
        return old;
    }

    @Insn(bits = "11100.. ..... ..... 011 ..... 0101111", asm = "amomaxu.d rd, rs2, (rs1)")
    public static long amomaxuD(Hart hart, long rs1, long rs2) {
        long word = hart.atomicAddress(rs1, 8);
        long old;
        do {
            old = RAW.getLongOrdered(word);
        } while (!RAW.compareAndSetLong(
                word, old, Long.compareUnsigned(old, rs2) >= 0 ? old : rs2));
        return old;
    }
}
