package callgate.machine.isa;

/**
 * A decoded instruction. Register numbers are those of the encoding's fields, whether the
 * instruction uses them or not, and whether they name integer or floating-point registers; {@link
 * Op} says which.
 *
 * @param op what it does
 * @param raw its 32-bit encoding; of a compressed instruction, that of its expansion (of an illegal
 *     one, the 16 bits)
 * @param imm the immediate of the format, sign-extended; 0 if the format has none
 * @param length in bytes: 2 or 4
 */
public record Instruction(Op op, int raw, int imm, int length) {
    public int rd() {
        return raw >>> 7 & 31;
    }

    public int rs1() {
        return raw >>> 15 & 31;
    }

    public int rs2() {
        return raw >>> 20 & 31;
    }

    public int rs3() {
        return raw >>> 27;
    }

    /** The rounding mode field: 0 to 4 static, 7 dynamic. */
    public int rm() {
        return raw >>> 12 & 7;
    }

    public int csr() {
        return raw >>> 20;
    }

    /** The immediate of CSR instructions, 0 to 31. */
    public int uimm() {
        return rs1();
    }

    /** The shift amount; instructions of 32 bits have five bits of it. */
    public int shamt() {
        return raw >>> 20 & (op.fixes(25) ? 31 : 63);
    }
}
