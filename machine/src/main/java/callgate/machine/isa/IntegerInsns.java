package callgate.machine.isa;

import callgate.machine.hart.Hart;

/**
 * RV64I: the base integer instructions, without FENCE, ECALL and EBREAK (see {@link SystemInsns}).
 */
public final class IntegerInsns {
    private IntegerInsns() {}

    // ---- constants and jumps ----

    @Insn(bits = "....... ..... ..... ... ..... 0110111", asm = "lui rd, imm")
    public static long lui(long imm) {
        return imm;
    }

    @Insn(bits = "....... ..... ..... ... ..... 0010111", asm = "auipc rd, imm")
    public static long auipc(long pc, long imm) {
        return pc + imm;
    }

    @Insn(bits = "....... ..... ..... ... ..... 1101111", asm = "jal rd, imm", target = "relative")
    public static long jal(long next) {
        return next;
    }

    @Insn(
            bits = "....... ..... ..... 000 ..... 1100111",
            asm = "jalr rd, imm(rs1)",
            target = "indirect")
    public static long jalr(long next) {
        return next;
    }

    /** Where JAL and taken branches go. */
    public static long relative(long pc, long imm) {
        return pc + imm;
    }

    /** Where JALR goes: the lowest bit of the sum is dropped. */
    public static long indirect(long rs1, long imm) {
        return (rs1 + imm) & ~1L;
    }

    // ---- branches ----

    @Insn(
            bits = "....... ..... ..... 000 ..... 1100011",
            asm = "beq rs1, rs2, imm",
            target = "relative")
    public static boolean beq(long rs1, long rs2) {
        return rs1 == rs2;
    }

    @Insn(
            bits = "....... ..... ..... 001 ..... 1100011",
            asm = "bne rs1, rs2, imm",
            target = "relative")
    public static boolean bne(long rs1, long rs2) {
        return rs1 != rs2;
    }

    @Insn(
            bits = "....... ..... ..... 100 ..... 1100011",
            asm = "blt rs1, rs2, imm",
            target = "relative")
    public static boolean blt(long rs1, long rs2) {
        return rs1 < rs2;
    }

    @Insn(
            bits = "....... ..... ..... 101 ..... 1100011",
            asm = "bge rs1, rs2, imm",
            target = "relative")
    public static boolean bge(long rs1, long rs2) {
        return rs1 >= rs2;
    }

    @Insn(
            bits = "....... ..... ..... 110 ..... 1100011",
            asm = "bltu rs1, rs2, imm",
            target = "relative")
    public static boolean bltu(long rs1, long rs2) {
        return Long.compareUnsigned(rs1, rs2) < 0;
    }

    @Insn(
            bits = "....... ..... ..... 111 ..... 1100011",
            asm = "bgeu rs1, rs2, imm",
            target = "relative")
    public static boolean bgeu(long rs1, long rs2) {
        return Long.compareUnsigned(rs1, rs2) >= 0;
    }

    // ---- loads and stores ----

    @Insn(bits = "....... ..... ..... 000 ..... 0000011", asm = "lb rd, imm(rs1)")
    public static long lb(Hart hart, long rs1, long imm) {
        return hart.load8(rs1 + imm);
    }

    @Insn(bits = "....... ..... ..... 001 ..... 0000011", asm = "lh rd, imm(rs1)")
    public static long lh(Hart hart, long rs1, long imm) {
        return hart.load16(rs1 + imm);
    }

    @Insn(bits = "....... ..... ..... 010 ..... 0000011", asm = "lw rd, imm(rs1)")
    public static long lw(Hart hart, long rs1, long imm) {
        return hart.load32(rs1 + imm);
    }

    @Insn(bits = "....... ..... ..... 011 ..... 0000011", asm = "ld rd, imm(rs1)")
    public static long ld(Hart hart, long rs1, long imm) {
        return hart.load64(rs1 + imm);
    }

    @Insn(bits = "....... ..... ..... 100 ..... 0000011", asm = "lbu rd, imm(rs1)")
    public static long lbu(Hart hart, long rs1, long imm) {
        return hart.load8(rs1 + imm) & 0xffL;
    }

    @Insn(bits = "....... ..... ..... 101 ..... 0000011", asm = "lhu rd, imm(rs1)")
    public static long lhu(Hart hart, long rs1, long imm) {
        return hart.load16(rs1 + imm) & 0xffffL;
    }

    @Insn(bits = "....... ..... ..... 110 ..... 0000011", asm = "lwu rd, imm(rs1)")
    public static long lwu(Hart hart, long rs1, long imm) {
        return hart.load32(rs1 + imm) & 0xffff_ffffL;
    }

    @Insn(bits = "....... ..... ..... 000 ..... 0100011", asm = "sb rs2, imm(rs1)")
    public static void sb(Hart hart, long rs1, long rs2, long imm) {
        hart.store8(rs1 + imm, (byte) rs2);
    }

    @Insn(bits = "....... ..... ..... 001 ..... 0100011", asm = "sh rs2, imm(rs1)")
    public static void sh(Hart hart, long rs1, long rs2, long imm) {
        hart.store16(rs1 + imm, (short) rs2);
    }

    @Insn(bits = "....... ..... ..... 010 ..... 0100011", asm = "sw rs2, imm(rs1)")
    public static void sw(Hart hart, long rs1, long rs2, long imm) {
        hart.store32(rs1 + imm, (int) rs2);
    }

    @Insn(bits = "....... ..... ..... 011 ..... 0100011", asm = "sd rs2, imm(rs1)")
    public static void sd(Hart hart, long rs1, long rs2, long imm) {
        hart.store64(rs1 + imm, rs2);
    }

    // ---- register and immediate, 64 bits ----

    @Insn(bits = "....... ..... ..... 000 ..... 0010011", asm = "addi rd, rs1, imm")
    public static long addi(long rs1, long imm) {
        return rs1 + imm;
    }

    @Insn(bits = "....... ..... ..... 010 ..... 0010011", asm = "slti rd, rs1, imm")
    public static long slti(long rs1, long imm) {
        return rs1 < imm ? 1 : 0;
    }

    @Insn(bits = "....... ..... ..... 011 ..... 0010011", asm = "sltiu rd, rs1, imm")
    public static long sltiu(long rs1, long imm) {
        return Long.compareUnsigned(rs1, imm) < 0 ? 1 : 0;
    }

    @Insn(bits = "....... ..... ..... 100 ..... 0010011", asm = "xori rd, rs1, imm")
    public static long xori(long rs1, long imm) {
        return rs1 ^ imm;
    }

    @Insn(bits = "....... ..... ..... 110 ..... 0010011", asm = "ori rd, rs1, imm")
    public static long ori(long rs1, long imm) {
        return rs1 | imm;
    }

    @Insn(bits = "....... ..... ..... 111 ..... 0010011", asm = "andi rd, rs1, imm")
    public static long andi(long rs1, long imm) {
        return rs1 & imm;
    }

    @Insn(bits = "000000 ...... ..... 001 ..... 0010011", asm = "slli rd, rs1, shamt")
    public static long slli(long rs1, int shamt) {
        return rs1 << shamt;
    }

    @Insn(bits = "000000 ...... ..... 101 ..... 0010011", asm = "srli rd, rs1, shamt")
    public static long srli(long rs1, int shamt) {
        return rs1 >>> shamt;
    }

    @Insn(bits = "010000 ...... ..... 101 ..... 0010011", asm = "srai rd, rs1, shamt")
    public static long srai(long rs1, int shamt) {
        return rs1 >> shamt;
    }

    // ---- two registers, 64 bits ----

    @Insn(bits = "0000000 ..... ..... 000 ..... 0110011", asm = "add rd, rs1, rs2")
    public static long add(long rs1, long rs2) {
        return rs1 + rs2;
    }

    @Insn(bits = "0100000 ..... ..... 000 ..... 0110011", asm = "sub rd, rs1, rs2")
    public static long sub(long rs1, long rs2) {
        return rs1 - rs2;
    }

    @Insn(bits = "0000000 ..... ..... 001 ..... 0110011", asm = "sll rd, rs1, rs2")
    public static long sll(long rs1, long rs2) {
        return rs1 << rs2;
    }

    @Insn(bits = "0000000 ..... ..... 010 ..... 0110011", asm = "slt rd, rs1, rs2")
    public static long slt(long rs1, long rs2) {
        return rs1 < rs2 ? 1 : 0;
    }

    @Insn(bits = "0000000 ..... ..... 011 ..... 0110011", asm = "sltu rd, rs1, rs2")
    public static long sltu(long rs1, long rs2) {
        return Long.compareUnsigned(rs1, rs2) < 0 ? 1 : 0;
    }

    @Insn(bits = "0000000 ..... ..... 100 ..... 0110011", asm = "xor rd, rs1, rs2")
    public static long xor(long rs1, long rs2) {
        return rs1 ^ rs2;
    }

    @Insn(bits = "0000000 ..... ..... 101 ..... 0110011", asm = "srl rd, rs1, rs2")
    public static long srl(long rs1, long rs2) {
        return rs1 >>> rs2;
    }

    @Insn(bits = "0100000 ..... ..... 101 ..... 0110011", asm = "sra rd, rs1, rs2")
    public static long sra(long rs1, long rs2) {
        return rs1 >> rs2;
    }

    @Insn(bits = "0000000 ..... ..... 110 ..... 0110011", asm = "or rd, rs1, rs2")
    public static long or(long rs1, long rs2) {
        return rs1 | rs2;
    }

    @Insn(bits = "0000000 ..... ..... 111 ..... 0110011", asm = "and rd, rs1, rs2")
    public static long and(long rs1, long rs2) {
        return rs1 & rs2;
    }

    // ---- 32 bits, sign-extended ----

    @Insn(bits = "....... ..... ..... 000 ..... 0011011", asm = "addiw rd, rs1, imm")
    public static long addiw(long rs1, long imm) {
        return (int) (rs1 + imm);
    }

    @Insn(bits = "0000000 ..... ..... 001 ..... 0011011", asm = "slliw rd, rs1, shamt")
    public static long slliw(long rs1, int shamt) {
        return (int) rs1 << shamt;
    }

    @Insn(bits = "0000000 ..... ..... 101 ..... 0011011", asm = "srliw rd, rs1, shamt")
    public static long srliw(long rs1, int shamt) {
        return (int) rs1 >>> shamt;
    }

    @Insn(bits = "0100000 ..... ..... 101 ..... 0011011", asm = "sraiw rd, rs1, shamt")
    public static long sraiw(long rs1, int shamt) {
        return (int) rs1 >> shamt;
    }

    @Insn(bits = "0000000 ..... ..... 000 ..... 0111011", asm = "addw rd, rs1, rs2")
    public static long addw(long rs1, long rs2) {
        return (int) (rs1 + rs2);
    }

    @Insn(bits = "0100000 ..... ..... 000 ..... 0111011", asm = "subw rd, rs1, rs2")
    public static long subw(long rs1, long rs2) {
        return (int) (rs1 - rs2);
    }

    @Insn(bits = "0000000 ..... ..... 001 ..... 0111011", asm = "sllw rd, rs1, rs2")
    public static long sllw(long rs1, long rs2) {
        return (int) rs1 << (int) rs2;
    }

    @Insn(bits = "0000000 ..... ..... 101 ..... 0111011", asm = "srlw rd, rs1, rs2")
    public static long srlw(long rs1, long rs2) {
        return (int) rs1 >>> (int) rs2;
    }

    @Insn(bits = "0100000 ..... ..... 101 ..... 0111011", asm = "sraw rd, rs1, rs2")
    public static long sraw(long rs1, long rs2) {
        return (int) rs1 >> (int) rs2;
    }
}
