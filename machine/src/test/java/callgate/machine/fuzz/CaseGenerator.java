package callgate.machine.fuzz;

import callgate.machine.isa.Decoder;
import callgate.machine.isa.Instruction;
import callgate.machine.isa.Op;
import callgate.machine.isa.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * Makes random cases: every instruction of RV64GC, operands that lean towards the special values. A
 * seed gives one sequence.
 */
final class CaseGenerator {
    private static final long[] SPECIAL_INTEGERS = {
        0,
        1,
        -1,
        2,
        7,
        8,
        31,
        32,
        63,
        64,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        -0x8000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0x1_0000_0000L
    };
    private static final double[] SPECIAL_DOUBLES = {
        0.0,
        1.0,
        0.5,
        1.5,
        2.0,
        3.0,
        1e300,
        1e-300,
        0x1p31,
        0x1p32,
        0x1p53,
        0x1p63,
        0x1p64,
        2147483647.5,
        Double.MAX_VALUE,
        Double.MIN_NORMAL,
        Double.MIN_VALUE,
        0x1.fffffffffffffp-1023,
        0x1p-1050,
        Double.POSITIVE_INFINITY,
        Double.NaN,
        Float.MAX_VALUE,
        Float.MIN_NORMAL,
        0x1.ffffffp127
    };
    private static final float[] SPECIAL_FLOATS = {
        0f,
        1f,
        0.5f,
        1.5f,
        3f,
        1e38f,
        1e-38f,
        0x1p31f,
        0x1p32f,
        0x1p63f,
        0x1p64f,
        Float.MAX_VALUE,
        Float.MIN_NORMAL,
        Float.MIN_VALUE,
        0x1.fffffcp-127f,
        Float.POSITIVE_INFINITY,
        Float.NaN
    };
    private static final int LOOP_COUNTER = 31;

    private static final List<Op> PLAIN = select(op -> !op.isFloat());
    private static final List<Op> FLOAT = select(Op::isFloat);
    private static final List<Op> MEMORY =
            Op.all().stream().filter(op -> op.isLoad() || op.isStore()).toList();
    private static final List<Op> BRANCHES = Op.all().stream().filter(Op::isBranch).toList();
    private static final List<Op> READ_MODIFY_WRITES =
            Op.all().stream().filter(op -> op.isAtomic() && op.name().startsWith("AMO")).toList();

    private final SplittableRandom random;

    CaseGenerator(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Instructions that only compute. */
    private static List<Op> select(Predicate<Op> filter) {
        return Op.all().stream()
                .filter(
                        op ->
                                !op.isLoad()
                                        && !op.isStore()
                                        && !op.isAtomic()
                                        && !op.endsBlock()
                                        && !op.takes(Operand.CSR))
                .filter(filter)
                .toList();
    }

    FuzzCase next(int instructionCount) {
        List<Fragment> fragments = new ArrayList<>();
        for (int count = 0; count < instructionCount; ) {
            Fragment fragment = fragment();
            fragments.add(fragment);
            count += fragment.encodings().length;
        }
        return new FuzzCase(state(), fragments);
    }

    private long[] state() {
        long[] state = random.longs(FuzzProgram.STATE_WORDS).toArray();
        for (int i = 0; i < 30; i++) {
            state[i] = integer();
        }
        for (int i = 30; i < 62; i++) {
            state[i] = random.nextInt(2) == 0 ? doublePrecision() : singlePrecision();
        }
        state[62] = random.nextInt(5) << 5 | random.nextInt(2) * random.nextInt(32);
        return state;
    }

    private long integer() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(-64, 65);
            case 2 -> random.nextLong() >> random.nextInt(64);
            default ->
                    SPECIAL_INTEGERS[random.nextInt(SPECIAL_INTEGERS.length)]
                            + random.nextInt(3)
                            - 1;
        };
    }

    private long doublePrecision() {
        long sign = random.nextLong() & Long.MIN_VALUE;
        return switch (random.nextInt(5)) {
            case 0 -> random.nextLong();
            case 1 -> Double.doubleToRawLongBits(random.nextInt(-1000, 1000) / 8.0);
            case 2 ->
                    sign | 0x7ff0_0000_0000_0001L | random.nextLong() >>> 12; // NaNs of both kinds
            case 3 -> sign | random.nextLong() >>> 12; // below the normal numbers
            default ->
                    sign
                            ^ Double.doubleToRawLongBits(
                                    SPECIAL_DOUBLES[random.nextInt(SPECIAL_DOUBLES.length)]);
        };
    }

    private long singlePrecision() {
        int sign = random.nextInt() & Integer.MIN_VALUE;
        int bits =
                switch (random.nextInt(5)) {
                    case 0 -> random.nextInt();
                    case 1 -> Float.floatToRawIntBits(random.nextInt(-1000, 1000) / 8f);
                    case 2 -> sign | 0x7f80_0001 | random.nextInt() >>> 9;
                    case 3 -> sign | random.nextInt() >>> 9;
                    default ->
                            sign
                                    ^ Float.floatToRawIntBits(
                                            SPECIAL_FLOATS[random.nextInt(SPECIAL_FLOATS.length)]);
                };
        return bits | 0xffff_ffff_0000_0000L;
    }

    private Fragment fragment() {
        int kind = random.nextInt(100);
        if (kind < 28) {
            return new Fragment(compute(PLAIN));
        }
        if (kind < 50) {
            return new Fragment(compute(FLOAT));
        }
        if (kind < 65) {
            return compressed();
        }
        if (kind < 82) {
            return memory(random(pick(MEMORY)));
        }
        if (kind < 87) {
            return atomic();
        }
        if (kind < 95) {
            return skip();
        }
        return kind < 97 ? loop() : kind < 98 ? indirectJump() : controlRegister();
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Random bits around what the instruction fixes. */
    private int random(Op op) {
        return random.nextInt() & ~op.mask() | op.match();
    }

    private int compute(List<Op> from) {
        Op op = pick(from);
        int raw = random(op);
        int rm = raw >>> 12 & 7;
        return op.hasRounding() && (rm == 5 || rm == 6) ? raw | 0x7000 : raw;
    }

    private Fragment compressed() {
        while (true) {
            int encoding = random.nextInt(0x1_0000);
            if (Fragment.length(encoding) == 2) {
                Instruction insn = Decoder.decode(encoding);
                if (insn.op().isLoad() || insn.op().isStore()) {
                    return memory(encoding);
                }
                if (!insn.op().endsBlock()) {
                    return new Fragment(encoding);
                }
            }
        }
    }

    /** A load or store whose address register is set before, anywhere in the scratch memory. */
    private Fragment memory(int encoding) {
        Instruction insn = Decoder.decode(encoding);
        if (insn.rs1() == 0) {
            return memory(encoding | 1 << 15);
        }
        int address = FuzzProgram.SCRATCH + random.nextInt(FuzzProgram.SCRATCH_BYTES - 7);
        int aligned = random.nextInt(4) == 0 ? address : address & ~7;
        int[] base = Assembly.load(insn.rs1(), aligned - insn.imm());
        return new Fragment(base[0], base[1], encoding);
    }

    private Fragment atomic() {
        int register = random.nextInt(1, 32);
        int address = FuzzProgram.SCRATCH + (random.nextInt(FuzzProgram.SCRATCH_BYTES - 7) & ~7);
        int[] base = Assembly.load(register, address);
        if (random.nextInt(3) > 0) {
            return new Fragment(
                    base[0], base[1], withAddress(random(pick(READ_MODIFY_WRITES)), register));
        }
        boolean isWord = random.nextInt(2) == 0;
        int load = withAddress(random(isWord ? Op.LR_W : Op.LR_D), register);
        if ((load >>> 7 & 31) == register) {
            load ^= 1 << 7;
        }
        int conditional = withAddress(random(isWord ? Op.SC_W : Op.SC_D), register);
        return random.nextInt(4) == 0
                ? new Fragment(base[0], base[1], conditional)
                : new Fragment(base[0], base[1], load, conditional);
    }

    private static int withAddress(int encoding, int register) {
        return encoding & ~(31 << 15) | register << 15;
    }

    /** A branch or jump over some of the following fragments. */
    private Fragment skip() {
        int offsetBits = 0xfe00_0f80;
        int encoding =
                random.nextInt(6) == 0
                        ? random(Op.JAL) & 0xfff
                        : random(pick(BRANCHES)) & ~offsetBits;
        return new Fragment(new int[] {encoding}, random.nextInt(1, 4));
    }

    private Fragment indirectJump() {
        int register = random.nextInt(1, 32);
        int auipc = Op.AUIPC.match() | register << 7;
        int jalr =
                Assembly.immediate(
                        Op.JALR,
                        random.nextInt(32),
                        register,
                        random.nextInt(2) == 0 ? 13 : 12); // bit 0 is dropped
        return new Fragment(auipc, jalr, compute(PLAIN), 0x0001);
    }

    /** A few instructions run several times; the counter is left alone by what is inside. */
    private Fragment loop() {
        int[] body = random.ints(random.nextInt(1, 6)).map(ignored -> withoutCounter()).toArray();
        int length = body.length;
        int[] encodings = new int[length + 3];
        encodings[0] = Assembly.immediate(Op.ADDI, LOOP_COUNTER, 0, random.nextInt(1, 12));
        System.arraycopy(body, 0, encodings, 1, length);
        encodings[length + 1] = Assembly.immediate(Op.ADDI, LOOP_COUNTER, LOOP_COUNTER, -1);
        encodings[length + 2] = Assembly.branch(Op.BNE, LOOP_COUNTER, 0, -4 * (length + 1));
        return new Fragment(encodings);
    }

    private int withoutCounter() {
        int encoding = compute(random.nextInt(3) == 0 ? FLOAT : PLAIN);
        return (encoding >>> 7 & 31) == LOOP_COUNTER ? encoding ^ 1 << 7 : encoding;
    }

    /** fflags, frm and fcsr, the rounding mode always a valid one. */
    private Fragment controlRegister() {
        int rd = random.nextInt(32);
        return switch (random.nextInt(6)) {
            case 0 -> new Fragment(Assembly.immediate(Op.CSRRWI, rd, random.nextInt(5), 2));
            case 1 ->
                    new Fragment(
                            Assembly.immediate(
                                    pick(List.of(Op.CSRRW, Op.CSRRS, Op.CSRRC)),
                                    rd,
                                    random.nextInt(32),
                                    1));
            case 2 ->
                    new Fragment(
                            Assembly.immediate(
                                    pick(List.of(Op.CSRRWI, Op.CSRRSI, Op.CSRRCI)),
                                    rd,
                                    random.nextInt(32),
                                    1));
            case 3 ->
                    new Fragment(
                            Assembly.immediate(
                                    Op.ADDI,
                                    LOOP_COUNTER,
                                    0,
                                    random.nextInt(5) << 5 | random.nextInt(32)),
                            Assembly.immediate(Op.CSRRW, rd, LOOP_COUNTER, 3));
            case 4 -> new Fragment(Assembly.immediate(Op.CSRRS, rd, 0, random.nextInt(1, 4)));
            default ->
                    new Fragment(
                            random.nextInt(20) == 0
                                    ? Op.FENCE_I.match()
                                    : random(Op.FENCE) & 0x0fff_ffff);
        };
    }
}
