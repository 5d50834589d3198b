package callgate.machine.isa;

/**
 * Assembler text of instructions, as {@code objdump -d -M no-aliases} writes it: mnemonic, a tab,
 * operands. A compressed instruction is shown as the one it expands into, since that is what runs.
 * What is no instruction is shown as data.
 */
public final class Disassembler {
    private static final String[] ROUNDING_MODES = {
        "rne", "rtz", "rdn", "rup", "rmm", "", "", "dyn"
    };
    private static final int DYNAMIC = 7;

    private Disassembler() {}

    /**
     * The text of one instruction.
     *
     * @param pc its address, to which targets are relative
     * @param bits its encoding; the upper half is ignored if it is a compressed one
     */
    public static String disassemble(long pc, int bits) {
        return text(pc, Decoder.decode(bits));
    }

    /** The text of a decoded instruction at {@code pc}. */
    public static String text(long pc, Instruction insn) {
        if (insn.op() == Op.ILLEGAL) {
            return insn.length() == 2
                    ? String.format(".2byte\t0x%04x", insn.raw())
                    : String.format(".word\t0x%08x", insn.raw());
        }
        String asm = insn.op().asm();
        int space = asm.indexOf(' ');
        if (space < 0 || isTsoFence(insn)) {
            return mnemonic(insn);
        }
        return mnemonic(insn)
                + '\t'
                + operands(pc, insn, asm.substring(space + 1).replace(", ", ","));
    }

    private static String mnemonic(Instruction insn) {
        Op op = insn.op();
        if (!op.isAtomic()) {
            return isTsoFence(insn) ? "fence.tso" : op.mnemonic();
        }
        String order =
                switch (insn.raw() >>> 25 & 3) {
                    case 1 -> ".rl";
                    case 2 -> ".aq";
                    case 3 -> ".aqrl";
                    default -> "";
                };
        return op.mnemonic() + order;
    }

    /** A name in the syntax is replaced by its value; all else stands for itself. */
    private static String operands(long pc, Instruction insn, String syntax) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < syntax.length(); ) {
            int end = i;
            while (end < syntax.length() && Character.isLetterOrDigit(syntax.charAt(end))) {
                end++;
            }
            if (end == i) {
                text.append(syntax.charAt(i));
                end++;
            } else {
                text.append(value(pc, insn, syntax.substring(i, end)));
            }
            i = end;
        }
        int last = text.length() - 1;
        return text.charAt(last) == ',' ? text.substring(0, last) : text.toString();
    }

    private static String value(long pc, Instruction insn, String operand) {
        return switch (operand) {
            case "rd" -> Registers.INTEGER.get(insn.rd());
            case "rs1" -> Registers.INTEGER.get(insn.rs1());
            case "rs2" -> Registers.INTEGER.get(insn.rs2());
            case "fd" -> Registers.FLOAT.get(insn.rd());
            case "fs1" -> Registers.FLOAT.get(insn.rs1());
            case "fs2" -> Registers.FLOAT.get(insn.rs2());
            case "fs3" -> Registers.FLOAT.get(insn.rs3());
            case "imm" -> immediate(pc, insn);
            case "shamt" -> "0x" + Integer.toHexString(insn.shamt());
            case "uimm" -> Integer.toString(insn.uimm());
            case "csr" -> controlRegister(insn.csr());
            case "rm" -> insn.rm() == usualRounding(insn.op()) ? "" : ROUNDING_MODES[insn.rm()];
            case "pred" -> fenceSet(insn.raw() >>> 24 & 15);
            case "succ" -> fenceSet(insn.raw() >>> 20 & 15);
            default -> throw new AssertionError(operand);
        };
    }

    private static String immediate(long pc, Instruction insn) {
        Op op = insn.op();
        if (op == Op.LUI || op == Op.AUIPC) {
            return "0x" + Integer.toHexString(insn.imm() >>> 12);
        }
        return op.isBranch() || op == Op.JAL
                ? "0x" + Long.toHexString(pc + insn.imm())
                : Integer.toString(insn.imm());
    }

    /**
     * The rounding mode that is not written: dynamic, or, where the result is always exact, the one
     * that assemblers give.
     */
    private static int usualRounding(Op op) {
        return switch (op) {
            case FCVT_D_S, FCVT_D_W, FCVT_D_WU -> 0;
            default -> DYNAMIC;
        };
    }

    private static String controlRegister(int csr) {
        return switch (csr) {
            case 0x001 -> "fflags";
            case 0x002 -> "frm";
            case 0x003 -> "fcsr";
            case 0xc00 -> "cycle";
            case 0xc01 -> "time";
            case 0xc02 -> "instret";
            default -> "0x" + Integer.toHexString(csr);
        };
    }

    private static String fenceSet(int bits) {
        StringBuilder set = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            if ((bits & 8 >>> i) != 0) {
                set.append("iorw".charAt(i));
            }
        }
        return set.isEmpty() ? "0" : set.toString();
    }

    private static boolean isTsoFence(Instruction insn) {
        return insn.op() == Op.FENCE && (insn.raw() & 0xfff0_0000) == 0x8330_0000;
    }
}
