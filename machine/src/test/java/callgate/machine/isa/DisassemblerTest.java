package callgate.machine.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DisassemblerTest {
    private static final int SAMPLES = 60;
    private static final int[] CONTROL_REGISTERS = {1, 2, 3, 0xc00, 0xc01, 0xc02};

    @Test
    void textsAreThoseOfObjdump() {
        RiscvTools.need(RiscvTools.OBJDUMP);
        Random random = new Random(1);
        int[] encodings =
                Op.all().stream()
                        .filter(op -> op != Op.ILLEGAL)
                        .flatMapToInt(op -> random.ints(SAMPLES).map(bits -> sample(op, bits)))
                        .toArray();
        List<String> expected = RiscvTools.objdump(encodings, 4, "-M", "no-aliases");
        assertThat(expected).hasSameSizeAs(encodings);
        for (int i = 0; i < encodings.length; i++) {
            assertThat(Disassembler.disassemble(4L * i, encodings[i]))
                    .as("%08x", encodings[i])
                    .isEqualTo(expected.get(i));
        }
    }

    /**
     * A random encoding of the instruction, without those that are legal but that objdump calls
     * unknown.
     */
    private static int sample(Op op, int bits) {
        int raw = bits & ~op.mask() | op.match();
        if (op == Op.FENCE) {
            return raw & 0x0ff0_0000 | 0x0110_0000 | op.match();
        }
        if (op == Op.FENCE_I) {
            return op.match();
        }
        if (op.takes(Operand.CSR)) {
            return raw & 0xf_ffff
                    | CONTROL_REGISTERS[(bits >>> 20) % CONTROL_REGISTERS.length] << 20;
        }
        if (op == Op.FCVT_D_S || op == Op.FCVT_D_W || op == Op.FCVT_D_WU) {
            return raw & ~0x7000;
        }
        int rm = raw >>> 12 & 7;
        return op.hasRounding() && (rm == 5 || rm == 6) ? raw | 0x7000 : raw;
    }

    @Test
    void everyCompressedEncodingExpandsToWhatObjdumpReads() {
        RiscvTools.need(RiscvTools.OBJDUMP);
        // Both spellings go through objdump with its aliases, which then gives them the same text.
        // Relative targets need the same address.
        int[] compressed =
                java.util.stream.IntStream.range(0, 65536).filter(c -> (c & 3) != 3).toArray();
        int[] spaced = new int[compressed.length];
        int[] expanded = new int[compressed.length];
        int[] shown = new int[compressed.length];
        for (int i = 0; i < compressed.length; i++) {
            spaced[i] = compressed[i] | 0x0001_0000; // each followed by C.NOP
            expanded[i] = Compressed.expand(compressed[i]);
            shown[i] = expanded[i] == 0 ? 0x13 : expanded[i];
        }
        List<String> pairs = RiscvTools.objdump(spaced, 4);
        List<String> expansions = RiscvTools.objdump(shown, 4);
        assertThat(pairs).hasSize(2 * compressed.length);
        assertThat(expansions).hasSameSizeAs(compressed);
        for (int i = 0; i < compressed.length; i++) {
            String theirs = pairs.get(2 * i);
            if (expanded[i] == 0) {
                // C.ADDI16SP of 0 is reserved, which objdump does not know
                assertThat(theirs)
                        .as("%04x", compressed[i])
                        .matches("unimp|add\tsp,sp,0|\\.2byte.*|\\.short.*|0x[0-9a-f]+");
                assertThat(Decoder.decode(compressed[i]).op()).isEqualTo(Op.ILLEGAL);
            } else if (isHint(
                    Decoder.decode(compressed[i]))) { // for these objdump has names of its own
                assertThat(theirs)
                        .as("%04x", compressed[i])
                        .matches(
                                "(c\\.)?(nop|s[lr][al]i64|(add|li|lui|mv|slli?)\tzero|add\t(\\w+),\\w+,0).*");
            } else {
                String ours =
                        expansions
                                .get(i)
                                .replaceAll("^add\t(\\w+),zero,", "mv\t$1,"); // how C.MV is defined
                assertThat(ours).as("%04x as %08x", compressed[i], expanded[i]).isEqualTo(theirs);
            }
        }
    }

    private static boolean isAddOfZero(Instruction insn) {
        return insn.op() == Op.ADDI && insn.rd() == insn.rs1() && insn.imm() == 0;
    }

    /** Legal, and without effect: writes x0, or shifts by 0, or adds 0. */
    private static boolean isHint(Instruction insn) {
        boolean isPure =
                insn.op().result() == Result.RD && !insn.op().isLoad() && !insn.op().isJump();
        return isPure
                && (insn.rd() == 0
                        || insn.op().takes(Operand.SHAMT) && insn.shamt() == 0
                        || isAddOfZero(insn));
    }

    @Test
    void whatIsNoInstructionIsShownAsData() {
        assertThat(Disassembler.disassemble(0, 0)).isEqualTo(".2byte\t0x0000");
        assertThat(Disassembler.disassemble(0, 0xffff_ffff)).isEqualTo(".word\t0xffffffff");
    }

    @Test
    void compressedInstructionsAreShownExpanded() {
        assertThat(Disassembler.disassemble(0, 0x4522)).isEqualTo("lw\ta0,8(sp)");
        assertThat(Disassembler.disassemble(0x1000, 0xbfd5)).isEqualTo("jal\tzero,0xff4");
    }
}
