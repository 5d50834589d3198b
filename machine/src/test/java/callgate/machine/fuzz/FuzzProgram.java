package callgate.machine.fuzz;

import callgate.machine.isa.Op;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A static ELF that runs cases one after the other and writes the state after each to standard
 * output. Data, by address:
 *
 * <pre>
 *   SCRATCH  memory that the instructions use; the middle is a page boundary   256 bytes
 *            x1 to x30, f0 to f31, fcsr after the case                         504 bytes
 *   TABLE    for each case: the state before it                                760 bytes each
 * </pre>
 *
 * x31 is the frame's own: it is not compared.
 */
final class FuzzProgram {
    static final int SCRATCH_BYTES = 256;
    static final int REGISTER_WORDS = 30 + 32 + 1;
    static final int STATE_WORDS = REGISTER_WORDS + SCRATCH_BYTES / 8;
    static final int RESULT_BYTES = STATE_WORDS * 8;

    private static final int TEXT = 0x10_0000;
    private static final int DATA = 0x2000_0000;
    static final int SCRATCH = DATA + 4096 - SCRATCH_BYTES / 2;
    private static final int RESULT = SCRATCH + SCRATCH_BYTES;
    private static final int TABLE = DATA + 8192;
    private static final int HEADER_BYTES = 4096;

    private static final int FCSR = 3;
    private static final int SYS_WRITE = 64;
    private static final int SYS_EXIT_GROUP = 94;

    private static final int SOURCE = 31;
    private static final int TARGET = 30;
    private static final int VALUE = 29;
    private static final int END = 28;

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final List<FuzzCase> cases;

    private FuzzProgram(List<FuzzCase> cases) {
        this.cases = cases;
    }

    /** The ELF file. */
    static byte[] elf(List<FuzzCase> cases) {
        FuzzProgram program = new FuzzProgram(cases);
        for (int i = 0; i < cases.size(); i++) {
            program.before(TABLE + i * RESULT_BYTES);
            program.random(cases.get(i).fragments());
            program.after();
        }
        program.call(SYS_EXIT_GROUP, 0, 0, 0);
        return program.file();
    }

    private void before(int state) {
        load(SOURCE, state + REGISTER_WORDS * 8);
        load(TARGET, SCRATCH);
        load(END, SCRATCH + SCRATCH_BYTES);
        emit(Assembly.immediate(Op.LD, VALUE, SOURCE, 0));
        emit(Assembly.store(Op.SD, VALUE, TARGET, 0));
        emit(Assembly.immediate(Op.ADDI, SOURCE, SOURCE, 8));
        emit(Assembly.immediate(Op.ADDI, TARGET, TARGET, 8));
        emit(Assembly.branch(Op.BNE, TARGET, END, -16));
        load(SOURCE, state);
        emit(Assembly.immediate(Op.LD, 1, SOURCE, 62 * 8));
        emit(Assembly.immediate(Op.CSRRW, 0, 1, FCSR));
        for (int i = 0; i < 32; i++) {
            emit(Assembly.immediate(Op.FLD, i, SOURCE, (30 + i) * 8));
        }
        for (int i = 1; i <= 30; i++) {
            emit(Assembly.immediate(Op.LD, i, SOURCE, (i - 1) * 8));
        }
    }

    private void random(List<Fragment> fragments) {
        for (int i = 0; i < fragments.size(); i++) {
            Fragment fragment = fragments.get(i);
            int[] encodings = fragment.encodings();
            for (int k = 0; k < encodings.length; k++) {
                boolean isSkip = fragment.skipped() > 0 && k == encodings.length - 1;
                emit(
                        isSkip
                                ? encodings[k]
                                        | offset(
                                                encodings[k],
                                                4 + bytesAfter(fragments, i, fragment.skipped()))
                                : encodings[k]);
            }
        }
    }

    private static int bytesAfter(List<Fragment> fragments, int index, int count) {
        int end = Math.min(fragments.size(), index + 1 + count);
        return fragments.subList(index + 1, end).stream().mapToInt(Fragment::lengthBytes).sum();
    }

    private static int offset(int encoding, int offset) {
        boolean isJump = (encoding & 0x7f) == (Op.JAL.match() & 0x7f);
        return isJump
                ? Assembly.jump(0, offset) & ~0x7f
                : Assembly.branch(Op.BEQ, 0, 0, offset) & ~0x7f;
    }

    private void after() {
        load(SOURCE, RESULT);
        for (int i = 1; i <= 30; i++) {
            emit(Assembly.store(Op.SD, i, SOURCE, (i - 1) * 8));
        }
        for (int i = 0; i < 32; i++) {
            emit(Assembly.store(Op.FSD, i, SOURCE, (30 + i) * 8));
        }
        emit(Assembly.immediate(Op.CSRRS, 1, 0, FCSR));
        emit(Assembly.store(Op.SD, 1, SOURCE, 62 * 8));
        call(SYS_WRITE, 1, SCRATCH, RESULT_BYTES);
    }

    private void call(int number, int a, int b, int c) {
        load(10, a);
        load(11, b);
        load(12, c);
        load(17, number);
        emit(Op.ECALL.match());
    }

    private void load(int register, int value) {
        for (int encoding : Assembly.load(register, value)) {
            emit(encoding);
        }
    }

    private void emit(int encoding) {
        for (int i = 0; i < Fragment.length(encoding); i++) {
            text.write(encoding >>> 8 * i);
        }
    }

    private byte[] file() {
        int textBytes = text.size();
        int dataOffset = HEADER_BYTES + (textBytes + 4095 & ~4095);
        int dataBytes = TABLE - DATA + cases.size() * RESULT_BYTES;
        ByteBuffer elf = ByteBuffer.allocate(dataOffset + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0x464c_457f)
                .put((byte) 2)
                .put((byte) 1)
                .put((byte) 1)
                .position(16); // 64 bits, little-endian
        elf.putShort((short) 2).putShort((short) 243).putInt(1); // ET_EXEC, EM_RISCV
        elf.putLong(TEXT)
                .putLong(64)
                .putLong(0)
                .putInt(5); // entry, headers; flags: RVC, double-float ABI
        elf.putShort((short) 64).putShort((short) 56).putShort((short) 2);
        segment(elf, 64, 5, HEADER_BYTES, TEXT, textBytes);
        segment(elf, 64 + 56, 6, dataOffset, DATA, dataBytes);
        elf.put(HEADER_BYTES, text.toByteArray());
        for (int i = 0; i < cases.size(); i++) {
            int at = dataOffset + TABLE - DATA + i * RESULT_BYTES;
            elf.slice(at, RESULT_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asLongBuffer()
                    .put(cases.get(i).state());
        }
        return elf.array();
    }

    private static void segment(
            ByteBuffer elf, int at, int flags, int offset, long address, long bytes) {
        elf.position(at);
        elf.putInt(1)
                .putInt(flags)
                .putLong(offset)
                .putLong(address)
                .putLong(address)
                .putLong(bytes)
                .putLong(bytes)
                .putLong(4096);
    }

    /** Where in a case's result a register's or memory's word stands: for messages. */
    static List<String> differences(byte[] expected, byte[] actual, int at) {
        List<String> lines = new ArrayList<>();
        ByteBuffer e = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer a = ByteBuffer.wrap(actual).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < STATE_WORDS; i++) {
            if (at + 8 * i + 8 > actual.length) {
                lines.add("output ends");
                break;
            }
            if (e.getLong(at + 8 * i) != a.getLong(at + 8 * i)) {
                lines.add(
                        String.format(
                                "%s: expected %016x, was %016x",
                                name(i), e.getLong(at + 8 * i), a.getLong(at + 8 * i)));
            }
        }
        return lines;
    }

    private static String name(int word) {
        int scratchWords = SCRATCH_BYTES / 8;
        if (word < scratchWords) {
            return "memory +" + 8 * word;
        }
        int register = word - scratchWords;
        return register < 30
                ? "x" + (register + 1)
                : register < 62 ? "f" + (register - 30) : "fcsr";
    }
}
