package callgate.machine.isa;

import java.util.Arrays;

/** From encodings to instructions. */
public final class Decoder {
    // Candidates by opcode bits 6-2 and funct3, bits 14-12.
    private static final Op[][] BUCKETS = buckets();

    private Decoder() {}

    /**
     * The length in bytes, 2 or 4, of the instruction that begins with the 16 bits {@code parcel}.
     * Longer ones do not exist here.
     */
    public static int length(int parcel) {
        return (parcel & 3) == 3 ? 4 : 2;
    }

    /**
     * Decodes one instruction.
     *
     * @param bits the encoding; if it is a compressed one (the lowest two bits are not both set)
     *     the upper half is ignored
     */
    public static Instruction decode(int bits) {
        if (length(bits) == 4) {
            return decode(bits, 4);
        }
        int compressed = bits & 0xffff;
        int expanded = Compressed.expand(compressed);
        return expanded == 0 ? new Instruction(Op.ILLEGAL, compressed, 0, 2) : decode(expanded, 2);
    }

    private static Instruction decode(int raw, int length) {
        for (Op op : BUCKETS[bucket(raw)]) {
            if ((raw & op.mask()) == op.match()) {
                return isInvalidRounding(op, raw)
                        ? new Instruction(Op.ILLEGAL, raw, 0, length)
                        : new Instruction(op, raw, immediate(raw), length);
            }
        }
        return new Instruction(Op.ILLEGAL, raw, 0, length);
    }

    private static boolean isInvalidRounding(Op op, int raw) {
        int rm = raw >>> 12 & 7;
        return (rm == 5 || rm == 6) && op.hasRounding();
    }

    /**
     * The immediate, by the format that belongs to the opcode (unprivileged specification,
     * "Immediate encoding variants").
     */
    private static int immediate(int raw) {
        return switch (raw & 0x7f) {
            case 0x03, 0x07, 0x13, 0x1b, 0x67 -> raw >> 20;
            case 0x23, 0x27 -> raw >> 25 << 5 | raw >>> 7 & 0x1f;
            case 0x63 ->
                    raw >> 31 << 12 | (raw & 0x80) << 4 | raw >>> 20 & 0x7e0 | raw >>> 7 & 0x1e;
            case 0x37, 0x17 -> raw & 0xffff_f000;
            case 0x6f -> raw >> 31 << 20 | raw & 0xf_f000 | raw >>> 9 & 0x800 | raw >>> 20 & 0x7fe;
            default -> 0;
        };
    }

    private static int bucket(int raw) {
        return raw >>> 2 & 31 | raw >>> 7 & 0xe0;
    }

    private static Op[][] buckets() {
        Op[][] buckets = new Op[256][];
        Arrays.fill(buckets, new Op[0]);
        for (Op op : Op.all()) {
            if (op != Op.ILLEGAL) {
                addTo(buckets, op);
            }
        }
        return buckets;
    }

    /** Adds an instruction to all buckets that agree with the bits it fixes. */
    private static void addTo(Op[][] buckets, Op op) {
        int free = ~bucket(op.mask()) & 255;
        int subset = 0;
        do {
            int bucket = bucket(op.match()) | subset;
            Op[] before = buckets[bucket];
            Op[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = op;
            buckets[bucket] = after;
            subset = subset - free & free; // the next set of free bits
        } while (subset != 0);
    }
}
