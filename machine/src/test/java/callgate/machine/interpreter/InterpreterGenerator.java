package callgate.machine.interpreter;

import callgate.machine.isa.AtomicInsns;
import callgate.machine.isa.DoubleInsns;
import callgate.machine.isa.FloatInsns;
import callgate.machine.isa.Op;
import callgate.machine.isa.Operand;
import callgate.machine.isa.Result;
import callgate.machine.isa.SystemInsns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Writes {@code Interpreter.java} from the instructions' definitions. Run it after a change of
 * {@link Op}; a test says when.
 */
public final class InterpreterGenerator {
    static final Path OUTPUT =
            Path.of("src/main/java/callgate/machine/interpreter/Interpreter.java");

    private static final Set<Op> SPECIAL = Set.of(Op.JAL, Op.JALR, Op.ECALL);

    private InterpreterGenerator() {}

    /** Argument: the folder of module {@code machine}; default is the current one. */
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of(args.length > 0 ? args[0] : "").resolve(OUTPUT), generate());
    }

    static String generate() {
        return TEMPLATE.replace("@IMPORTS@", imports())
                .replace("@CONSTANTS@", constants())
                .replace("@COMMON@", cases(InterpreterGenerator::isCommon, " ".repeat(24)))
                .replace("@BRANCHES@", branches(" ".repeat(24)))
                .replace("@ATOMIC@", family(AtomicInsns.class))
                .replace("@SINGLE@", family(FloatInsns.class))
                .replace("@DOUBLE@", family(DoubleInsns.class))
                .replace("@SYSTEM@", family(SystemInsns.class))
                .replace("@FIRST_SINGLE@", first(FloatInsns.class))
                .replace("@FIRST_DOUBLE@", first(DoubleInsns.class))
                .replace("@FIRST_SYSTEM@", first(SystemInsns.class));
    }

    /** In the main switch: what programs do most, memory accesses among it. */
    private static boolean isCommon(Op op) {
        boolean isInteger =
                !op.isFloat()
                        && op.family() != AtomicInsns.class
                        && op.family() != SystemInsns.class;
        return (isInteger || op.isLoad() || op.isStore())
                && !op.isBranch()
                && !SPECIAL.contains(op);
    }

    private static String family(Class<?> family) {
        return cases(
                op -> op.family() == family && !isCommon(op) && !SPECIAL.contains(op),
                " ".repeat(12));
    }

    private static String first(Class<?> family) {
        return Op.all().stream()
                .filter(op -> op.family() == family)
                .findFirst()
                .orElseThrow()
                .name();
    }

    private static String imports() {
        Set<String> names = new TreeSet<>();
        Op.all().forEach(op -> names.add(op.family().getName()));
        return names.stream().map(name -> "import " + name + ";").collect(Collectors.joining("\n"));
    }

    private static String constants() {
        return Op.all().stream()
                .map(op -> "    private static final int " + op.name() + " = " + op.ordinal() + ";")
                .collect(Collectors.joining("\n"));
    }

    private static String cases(Predicate<Op> filter, String indent) {
        return Op.all().stream()
                .filter(filter)
                .map(
                        op ->
                                indent
                                        + "case "
                                        + op.name()
                                        + " -> "
                                        + destination(op)
                                        + call(op, op.method())
                                        + ";")
                .collect(Collectors.joining("\n"));
    }

    private static String branches(String indent) {
        return Op.all().stream()
                .filter(Op::isBranch)
                .map(
                        op ->
                                indent
                                        + "case "
                                        + op.name()
                                        + " -> {\n"
                                        + indent
                                        + "    exit = "
                                        + call(op, op.method())
                                        + " ? block.taken : block.next;\n"
                                        + indent
                                        + "    break instructions;\n"
                                        + indent
                                        + "}")
                .collect(Collectors.joining("\n"));
    }

    private static String destination(Op op) {
        return switch (op.result()) {
            case Result.RD -> "x[bits >>> RD & 63] = ";
            case Result.FD -> "f[bits >>> RD & 31] = ";
            case Result.NONE -> "";
            case Result.CONDITION ->
                    throw new IllegalArgumentException(op + " needs a case of its own");
        };
    }

    private static String call(Op op, String method) {
        List<Operand> operands = op.operands();
        return op.family().getSimpleName()
                + "."
                + method
                + "("
                + operands.stream()
                        .map(operand -> argument(op, operand))
                        .collect(Collectors.joining(", "))
                + ")";
    }

    private static String argument(Op op, Operand operand) {
        return switch (operand) {
            case RS1 -> "x[bits >>> RS1 & 31]";
            case RS2 -> "x[bits >>> RS2 & 31]";
            case FS1 -> "f[bits >>> RS1 & 31]";
            case FS2 -> "f[bits >>> RS2 & 31]";
            case FS3 -> "f[bits >>> RS3 & 31]";
            case IMM -> "word >> IMMEDIATE";
            case SHAMT, RAW -> "(int) (word >> IMMEDIATE)";
            case PC -> op == Op.AUIPC ? "block.pc()" : "block.pc(index)"; // see Words for AUIPC
            case NEXT -> "block.end()";
            case RM -> "bits >>> RM";
            case CSR -> "(int) (word >> IMMEDIATE) >>> 20";
            case UIMM -> "bits >>> RS1 & 31";
            case HART -> "hart";
        };
    }

    private static final String TEMPLATE =
            """
            // Generated by InterpreterGenerator from the instructions' definitions; a test compares. Do not edit.
            package callgate.machine.interpreter;

            import static callgate.machine.interpreter.Words.END;
            import static callgate.machine.interpreter.Words.IMMEDIATE;
            import static callgate.machine.interpreter.Words.OP_MASK;
            import static callgate.machine.interpreter.Words.RD;
            import static callgate.machine.interpreter.Words.RM;
            import static callgate.machine.interpreter.Words.RS1;
            import static callgate.machine.interpreter.Words.RS2;
            import static callgate.machine.interpreter.Words.RS3;

            import callgate.machine.hart.Cause;
            import callgate.machine.hart.GuestFault;
            import callgate.machine.hart.Hart;
            @IMPORTS@

            /** Runs decoded blocks. */
            final class Interpreter {
            @CONSTANTS@

                private Interpreter() {}

                /**
                 * Runs from {@code entry} on until something has to be looked at. All registers and {@code hart.pc} then are exact.
                 *
                 * @return true if the engine is to look up the block at {@code hart.pc}; false if the hart is to stop with its cause
                 */
                static boolean run(Hart hart, GuestCode space, Block entry) {
                    Epoch epoch = space.epoch();
                    long[] x = hart.x;
                    long[] f = hart.f;
                    Block block = entry;
                    int i = 0;
                    try {
                        blocks:
                        while (true) {
                            hart.retired += block.count;
                            long[] words = block.words;
                            i = 0;
                            Link exit;
                            instructions:
                            while (true) {
                                long word = words[i++];
                                int bits = (int) word;
                                switch (bits & OP_MASK) {
            @COMMON@
            @BRANCHES@
                                    case JAL -> {
                                        x[bits >>> RD & 63] = IntegerInsns.jal(block.end());
                                        exit = block.taken;
                                        break instructions;
                                    }
                                    case JALR -> {
                                        long target = IntegerInsns.indirect(x[bits >>> RS1 & 31], word >> IMMEDIATE);
                                        x[bits >>> RD & 63] = IntegerInsns.jalr(block.end());
                                        Block to = space.find(target);
                                        if (to == null || hart.pending != 0 || --to.heat < 0) {
                                            hart.pc = target;
                                            return true;
                                        }
                                        block = to;
                                        continue blocks;
                                    }
                                    case END -> {
                                        exit = block.next;
                                        break instructions;
                                    }
                                    case ECALL -> {
                                        hart.pc = block.pc(i - 1);
                                        hart.cause = Cause.SUPERVISOR;
                                        return SystemInsns.ecall(hart);
                                    }
                                    default -> rare(hart, block, i - 1, word);
                                }
                            }
                            Block to = exit.to();
                            if (exit.epoch() != epoch && exit.epoch() != Epoch.ALWAYS) {
                                to = space.follow(block, exit);
                            }
                            if (to == null || hart.pending != 0 || --to.heat < 0) {
                                hart.pc = exit.pc();
                                return true;
                            }
                            block = to;
                        }
                    } catch (GuestFault fault) {
                        hart.pc = block.pc(i - 1);
                        hart.retired -= block.notRetired(i - 1);
                        hart.clearReservation();
                        return false;
                    }
                }

                private static void rare(Hart hart, Block block, int index, long word) {
                    int op = (int) word & OP_MASK;
                    if (op < @FIRST_SINGLE@) {
                        atomic(hart, word);
                    } else if (op < @FIRST_DOUBLE@) {
                        singlePrecision(hart, word);
                    } else if (op < @FIRST_SYSTEM@) {
                        doublePrecision(hart, word);
                    } else {
                        system(hart, block, index, word);
                    }
                }

                private static void atomic(Hart hart, long word) {
                    long[] x = hart.x;
                    int bits = (int) word;
                    switch (bits & OP_MASK) {
            @ATOMIC@
                        default -> throw new AssertionError(word);
                    }
                }

                private static void singlePrecision(Hart hart, long word) {
                    long[] x = hart.x;
                    long[] f = hart.f;
                    int bits = (int) word;
                    switch (bits & OP_MASK) {
            @SINGLE@
                        default -> throw new AssertionError(word);
                    }
                }

                private static void doublePrecision(Hart hart, long word) {
                    long[] x = hart.x;
                    long[] f = hart.f;
                    int bits = (int) word;
                    switch (bits & OP_MASK) {
            @DOUBLE@
                        default -> throw new AssertionError(word);
                    }
                }

                private static void system(Hart hart, Block block, int index, long word) {
                    long[] x = hart.x;
                    int bits = (int) word;
                    switch (bits & OP_MASK) {
            @SYSTEM@
                        default -> throw new AssertionError(word);
                    }
                }
            }
            """;
}
