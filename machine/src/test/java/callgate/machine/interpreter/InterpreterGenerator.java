package callgate.machine.interpreter;

import callgate.machine.isa.AtomicInsns;
import callgate.machine.isa.DoubleInsns;
import callgate.machine.isa.FloatInsns;
import callgate.machine.isa.IntegerInsns;
import callgate.machine.isa.MultiplyInsns;
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
                .replace("@FAST@", fast())
                .replace("@BRANCHES@", branches())
                .replace("@INTEGER@", family(IntegerInsns.class))
                .replace("@ATOMIC@", family(AtomicInsns.class))
                .replace("@SINGLE@", family(FloatInsns.class))
                .replace("@DOUBLE@", family(DoubleInsns.class))
                .replace("@SYSTEM@", family(SystemInsns.class))
                .replace("@FIRST_ATOMIC@", first(AtomicInsns.class))
                .replace("@FIRST_SINGLE@", first(FloatInsns.class))
                .replace("@FIRST_DOUBLE@", first(DoubleInsns.class))
                .replace("@FIRST_SYSTEM@", first(SystemInsns.class));
    }

    /** In the main loop: what programs do most, and what the JVM makes no calls for. */
    private static boolean isFast(Op op) {
        return (op.family() == IntegerInsns.class || op.family() == MultiplyInsns.class)
                && !op.isBranch()
                && !SPECIAL.contains(op);
    }

    private static String fast() {
        return Op.all().stream()
                .filter(InterpreterGenerator::isFast)
                .map(op -> op.isLoad() ? load(op) : op.isStore() ? store(op) : simple(op))
                .collect(Collectors.joining("\n"));
    }

    private static String simple(Op op) {
        return """
                                case %s -> {
                                    %s%s;
                                    continue loop;
                                }\
                """
                .formatted(op, destination(op), call(op, op.method()));
    }

    private static String load(Op op) {
        return """
                                case %s -> {
                                    long address = x[bits >>> RS1 & mask] + (word >> IMMEDIATE);
                                    long delta = readDelta(table, address, %d);
                                    if (delta == 0) {
                                        break loop;
                                    }
                                    x[bits >>> RD & mask] = %s;
                                    continue loop;
                                }\
                """
                .formatted(op, width(op) - 1, loaded(op));
    }

    private static String store(Op op) {
        return """
                                case %s -> {
                                    long address = x[bits >>> RS1 & mask] + (word >> IMMEDIATE);
                                    long delta = writeDelta(table, address, %d);
                                    if (delta == 0) {
                                        break loop;
                                    }
                                    RAW.put%s(address + delta, %sx[bits >>> RS2 & mask]);
                                    continue loop;
                                }\
                """
                .formatted(op, width(op) - 1, type(width(op)), cast(width(op)));
    }

    private static int width(Op op) {
        return switch (op.mnemonic().charAt(1)) {
            case 'b' -> 1;
            case 'h' -> 2;
            case 'w' -> 4;
            case 'd' -> 8;
            default -> throw new IllegalArgumentException(op + " is no integer load or store");
        };
    }

    private static String type(int width) {
        return switch (width) {
            case 1 -> "Byte";
            case 2 -> "Short";
            case 4 -> "Int";
            default -> "Long";
        };
    }

    private static String cast(int width) {
        return width == 8 ? "" : "(" + type(width).toLowerCase(java.util.Locale.ROOT) + ") ";
    }

    private static String loaded(Op op) {
        String raw = "RAW.get" + type(width(op)) + "(address + delta)";
        return op.mnemonic().endsWith("u")
                ? raw + " & 0x" + "ff".repeat(width(op)) + (width(op) == 4 ? "L" : "")
                : raw;
    }

    private static String family(Class<?> family) {
        return cases(
                op ->
                        op.family() == family
                                && !SPECIAL.contains(op)
                                && !op.isBranch()
                                && (!isFast(op) || op.isLoad() || op.isStore()),
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

    private static String branches() {
        return Op.all().stream()
                .filter(Op::isBranch)
                .map(
                        op ->
                                " ".repeat(20)
                                        + "case "
                                        + op
                                        + " -> isTaken = "
                                        + call(op, op.method())
                                        + ";")
                .collect(Collectors.joining("\n"));
    }

    private static String destination(Op op) {
        return switch (op.result()) {
            case Result.RD -> "x[bits >>> RD & mask] = ";
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
            case RS1 -> "x[bits >>> RS1 & mask]";
            case RS2 -> "x[bits >>> RS2 & mask]";
            case FS1 -> "f[bits >>> RS1 & 31]";
            case FS2 -> "f[bits >>> RS2 & 31]";
            case FS3 -> "f[(int) (word >>> RS3)]";
            case IMM -> "word >> IMMEDIATE";
            case SHAMT, RAW -> "(int) (word >> IMMEDIATE)";
            case PC -> op == Op.AUIPC ? "block.pc" : "block.pc(index)"; // see Words for AUIPC
            case NEXT -> throw new IllegalArgumentException(op + " needs a case of its own");
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
            import static callgate.machine.memory.RawMemory.RAW;

            import callgate.machine.hart.Cause;
            import callgate.machine.hart.GuestFault;
            import callgate.machine.hart.Hart;
            @IMPORTS@
            import callgate.machine.memory.PageTable;
            import callgate.machine.memory.PhysMem;

            /** Runs decoded blocks. */
            final class Interpreter {
            @CONSTANTS@

                private static final long RANGE = -PageTable.ADDRESS_LIMIT;

                private Interpreter() {}

                /**
                 * Runs from {@code entry} on until something has to be looked at. All registers and {@code hart.pc} then are exact.
                 *
                 * @return true if the engine is to look up the block at {@code hart.pc}; false if the hart is to stop with its cause
                 */
                static boolean run(Hart hart, GuestCode space, Block entry) {
                    Epoch epoch = space.epoch();
                    Block[] jumps = epoch.jumps;
                    int jumpMask = jumps.length - 1;
                    long[] x = hart.x;
                    int mask = x.length - 1;
                    // What is and-ed with the length less one can only be out of bounds of an empty array. After these two accesses the JVM's
                    // compiler knows that neither is empty, and checks no bounds below.
                    long unused = x[(int) entry.pc & mask];
                    Block unusedToo = jumps[(int) entry.pc & jumpMask];
                    Block block = entry;
                    while (block != null) {
                        int i = 0;
                        long[] words = block.words;
                        hart.retired += block.count;
                        while (true) {
                            long table = hart.table;
                            long word;
                            Link open = null;
                            loop:
                            while (true) {
                                word = words[i++];
                                int bits = (int) word;
                                Block to;
                                target:
                                {
                                    boolean isTaken;
                                    switch (bits & OP_MASK) {
            @FAST@
            @BRANCHES@
                                        case JAL -> {
                                            x[bits >>> RD & mask] = IntegerInsns.jal(block.end);
                                            isTaken = true;
                                        }
                                        case JALR -> {
                                            long target = IntegerInsns.indirect(x[bits >>> RS1 & mask], word >> IMMEDIATE);
                                            to = jumps[(int) (target >>> 1) & jumpMask];
                                            if (to.pc != target || (--to.heat | -hart.pending) < 0) {
                                                break loop;
                                            }
                                            x[bits >>> RD & mask] = IntegerInsns.jalr(block.after);
                                            break target;
                                        }
                                        case END -> isTaken = false;
                                        default -> {
                                            break loop;
                                        }
                                    }
                                    Link exit = isTaken ? block.taken : block.next;
                                    if (exit.epoch != epoch && exit.epoch != Epoch.ALWAYS || (--exit.to.heat | -hart.pending) < 0) {
                                        open = exit;
                                        break loop;
                                    }
                                    to = exit.to;
                                }
                                block = to;
                                words = block.words;
                                hart.retired += block.count;
                                i = 0;
                            }
                            if (open != null) {
                                block = next(hart, space, block, open);
                                break;
                            }
                            int op = (int) word & OP_MASK;
                            if (op == JALR) {
                                block = jump(hart, space, epoch, block, word);
                                break;
                            }
                            int index = i - 1;
                            if (op == ECALL) {
                                return ecall(hart, block, index);
                            }
                            if (!isDone(hart, block, index, word)) {
                                return false;
                            }
                        }
                    }
                    return true;
                }

                /** The block that an exit leads to; null if the engine is to look at it, with its address in the hart. */
                private static Block next(Hart hart, GuestCode space, Block block, Link exit) {
                    return found(hart, space.follow(block, exit), exit.pc);
                }

                /** Jumps to the address in a register. The result is as {@link #next}'s. */
                private static Block jump(Hart hart, GuestCode space, Epoch epoch, Block block, long word) {
                    long[] x = hart.x;
                    long target = IntegerInsns.indirect(x[(int) word >>> RS1 & 63], word >> IMMEDIATE);
                    x[(int) word >>> RD & 63] = IntegerInsns.jalr(block.end);
                    block.sawJump((int) word >>> RD & 63, (int) word >>> RS1 & 63, target);
                    return found(hart, space.follow(epoch, target), target);
                }

                private static boolean ecall(Hart hart, Block block, int index) {
                    hart.pc = block.pc(index);
                    hart.cause = Cause.SUPERVISOR;
                    return SystemInsns.ecall(hart);
                }

                private static Block found(Hart hart, Block to, long pc) {
                    if (to == null || (--to.heat | -hart.pending) < 0) {
                        hart.pc = pc;
                        return null;
                    }
                    return to;
                }

                /** What to add to {@code address} for a load; 0 if it is not aligned or the page is not known to be there. */
                private static long readDelta(long table, long address, int unaligned) {
                    return (address & (RANGE | unaligned)) == 0 ? RAW.getLong(entry(table, address)) & PageTable.DELTA_MASK : 0;
                }

                /** As {@link #readDelta}, for a store. */
                private static long writeDelta(long table, long address, int unaligned) {
                    return (address & (RANGE | unaligned)) == 0 ? RAW.getLong(entry(table, address) + PageTable.WRITE_DELTA) & PageTable.DELTA_MASK : 0;
                }

                private static long entry(long table, long address) {
                    return table + (address >>> PhysMem.PAGE_SHIFT << PageTable.ENTRY_SHIFT);
                }

                /** Runs one instruction by its definition; false if it faults. */
                private static boolean isDone(Hart hart, Block block, int index, long word) {
                    try {
                        rare(hart, block, index, word);
                        return true;
                    } catch (GuestFault fault) {
                        hart.pc = block.pc(index);
                        hart.retired -= block.notRetired(index);
                        hart.clearReservation();
                        return false;
                    }
                }

                private static void rare(Hart hart, Block block, int index, long word) {
                    int op = (int) word & OP_MASK;
                    if (op < @FIRST_ATOMIC@) {
                        integer(hart, word);
                    } else if (op < @FIRST_SINGLE@) {
                        atomic(hart, word);
                    } else if (op < @FIRST_DOUBLE@) {
                        singlePrecision(hart, word);
                    } else if (op < @FIRST_SYSTEM@) {
                        doublePrecision(hart, word);
                    } else {
                        system(hart, block, index, word);
                    }
                }

                private static void integer(Hart hart, long word) {
                    long[] x = hart.x;
                    int mask = x.length - 1;
                    int bits = (int) word;
                    switch (bits & OP_MASK) {
            @INTEGER@
                        default -> throw new AssertionError(word);
                    }
                }

                private static void atomic(Hart hart, long word) {
                    long[] x = hart.x;
                    int mask = x.length - 1;
                    int bits = (int) word;
                    switch (bits & OP_MASK) {
            @ATOMIC@
                        default -> throw new AssertionError(word);
                    }
                }

                private static void singlePrecision(Hart hart, long word) {
                    long[] x = hart.x;
                    int mask = x.length - 1;
                    long[] f = hart.f;
                    int bits = (int) word;
                    switch (bits & OP_MASK) {
            @SINGLE@
                        default -> throw new AssertionError(word);
                    }
                }

                private static void doublePrecision(Hart hart, long word) {
                    long[] x = hart.x;
                    int mask = x.length - 1;
                    long[] f = hart.f;
                    int bits = (int) word;
                    switch (bits & OP_MASK) {
            @DOUBLE@
                        default -> throw new AssertionError(word);
                    }
                }

                private static void system(Hart hart, Block block, int index, long word) {
                    long[] x = hart.x;
                    int mask = x.length - 1;
                    int bits = (int) word;
                    switch (bits & OP_MASK) {
            @SYSTEM@
                        default -> throw new AssertionError(word);
                    }
                }
            }
            """;
}
