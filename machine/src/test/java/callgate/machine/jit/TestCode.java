package callgate.machine.jit;

import callgate.machine.isa.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A small assembler with labels: encodings in order, jumps and branches resolved at the end. */
final class TestCode {
    static final int RA = 1;
    static final int SP = 2;
    static final int T1 = 6;
    static final int A0 = 10;
    static final int A1 = 11;
    static final int A2 = 12;
    static final int A3 = 13;
    static final int A4 = 14;

    private final List<Integer> words = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<Integer, String> jumps = new HashMap<>();

    TestCode label(String name) {
        labels.put(name, words.size());
        return this;
    }

    /** An instruction with an immediate of 12 bits: arithmetic, loads, JALR. */
    TestCode immediate(Op op, int rd, int rs1, int imm) {
        return add(op.match() | rd << 7 | rs1 << 15 | imm << 20);
    }

    TestCode register(Op op, int rd, int rs1, int rs2) {
        return add(op.match() | rd << 7 | rs1 << 15 | rs2 << 20);
    }

    TestCode store(Op op, int rs2, int rs1, int imm) {
        return add(op.match() | rs1 << 15 | rs2 << 20 | (imm & 31) << 7 | imm >> 5 << 25);
    }

    TestCode branch(Op op, int rs1, int rs2, String to) {
        jumps.put(words.size(), to);
        return add(op.match() | rs1 << 15 | rs2 << 20);
    }

    TestCode jump(int rd, String to) {
        jumps.put(words.size(), to);
        return add(Op.JAL.match() | rd << 7);
    }

    TestCode call(String to) {
        return jump(RA, to);
    }

    TestCode ret() {
        return immediate(Op.JALR, 0, RA, 0);
    }

    TestCode li(int rd, int value) {
        return immediate(Op.ADDI, rd, 0, value);
    }

    TestCode lui(int rd, int value) {
        return add(Op.LUI.match() | rd << 7 | value & 0xffff_f000);
    }

    TestCode ebreak() {
        return add(Op.EBREAK.match());
    }

    TestCode add(int word) {
        words.add(word);
        return this;
    }

    /** The offset in bytes of a label. */
    int offset(String label) {
        return labels.get(label) * 4;
    }

    int[] encodings() {
        int[] result = words.stream().mapToInt(Integer::intValue).toArray();
        jumps.forEach(
                (index, label) ->
                        result[index] |=
                                offsetBits(result[index], (labels.get(label) - index) * 4));
        return result;
    }

    private static int offsetBits(int word, int offset) {
        if ((word & 0x7f) == 0x6f) {
            return (offset >> 20 & 1) << 31
                    | (offset >> 1 & 0x3ff) << 21
                    | (offset >> 11 & 1) << 20
                    | (offset >> 12 & 0xff) << 12;
        }
        return (offset >> 12 & 1) << 31
                | (offset >> 5 & 63) << 25
                | (offset >> 1 & 15) << 8
                | (offset >> 11 & 1) << 7;
    }
}
