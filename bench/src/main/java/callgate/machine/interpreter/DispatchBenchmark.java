package callgate.machine.interpreter;

import static callgate.bench.inner.FlatGuest.branch;
import static callgate.bench.inner.FlatGuest.immediate;
import static callgate.bench.inner.FlatGuest.jump;
import static callgate.bench.inner.FlatGuest.register;
import static callgate.bench.inner.FlatGuest.store;

import callgate.bench.inner.FlatGuest;
import callgate.bench.inner.Mechanism;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import callgate.machine.memory.PhysMem;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a guest instruction costs, interpreted and translated: in straight code, with accesses to
 * memory, and from block to block.
 */
public class DispatchBenchmark extends Mechanism {
    private static final int ROUNDS = 10_000;
    private static final int ARITHMETIC = 9 * ROUNDS;
    private static final int MEMORY = 8 * ROUNDS;
    private static final int CALLS = 4 * ROUNDS;
    private static final int INDIRECT = 4 * ROUNDS;

    private static final int RA = 1;
    private static final int T0 = 5;
    private static final int A0 = 10;
    private static final int A1 = 11;
    private static final int A2 = 12;

    private static final long MEMORY_LOOP = FlatGuest.BASE + 0x100;
    private static final long CALL_LOOP = FlatGuest.BASE + 0x200;
    private static final long INDIRECT_LOOP = FlatGuest.BASE + 0x300;

    @Param({"INTERPRET", "TRANSLATE"})
    public Tier tier;

    private FlatGuest guest;

    @Setup
    public void assemble() {
        guest =
                new FlatGuest(
                        tier,
                        immediate(Op.ADDI, A1, A1, 3),
                        register(Op.XOR, A2, A2, A1),
                        register(Op.ADD, A1, A1, A2),
                        immediate(Op.SLLI, T0, A1, 5),
                        register(Op.SUB, A2, A2, T0),
                        register(Op.OR, A1, A1, T0),
                        immediate(Op.ANDI, A1, A1, 0x7ff),
                        immediate(Op.ADDI, A0, A0, -1),
                        branch(Op.BNE, A0, 0, -32),
                        Op.EBREAK.match());
        guest.write(
                MEMORY_LOOP,
                immediate(Op.LD, A2, A1, 0),
                immediate(Op.LW, T0, A1, 8),
                register(Op.ADD, A2, A2, T0),
                store(Op.SD, A2, A1, 16),
                store(Op.SB, A2, A1, 24),
                immediate(Op.ADDI, A1, A1, 8),
                immediate(Op.ADDI, A0, A0, -1),
                branch(Op.BNE, A0, 0, -28),
                Op.EBREAK.match());
        // a function two pages on, so that the call leaves its page
        guest.write(
                CALL_LOOP,
                jump(RA, 2 * PhysMem.PAGE_SIZE),
                immediate(Op.ADDI, A0, A0, -1),
                branch(Op.BNE, A0, 0, -8),
                Op.EBREAK.match());
        guest.write(CALL_LOOP + 2L * PhysMem.PAGE_SIZE, immediate(Op.JALR, 0, RA, 0));
        guest.write(
                INDIRECT_LOOP,
                immediate(Op.JALR, RA, A1, 0),
                immediate(Op.ADDI, A0, A0, -1),
                branch(Op.BNE, A0, 0, -8),
                Op.EBREAK.match());
    }

    @TearDown
    public void close() {
        guest.close();
    }

    private void run(long pc) {
        guest.hart().x[A0] = ROUNDS;
        if (guest.run(pc) != Cause.BREAKPOINT) {
            throw new IllegalStateException("stopped by " + guest.hart().cause);
        }
    }

    /** Instructions between registers; a block of nine. */
    @Benchmark
    @OperationsPerInvocation(ARITHMETIC)
    public void arithmetic() {
        run(FlatGuest.BASE);
    }

    /** Two loads, two stores, four other instructions, along 80 KB. */
    @Benchmark
    @OperationsPerInvocation(MEMORY)
    public void loadsAndStores() {
        guest.hart().x[A1] = FlatGuest.DATA;
        run(MEMORY_LOOP);
    }

    /** A call, a return, and the loop around: from block to block by links, across pages. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void callsAndReturns() {
        run(CALL_LOOP);
    }

    /** The same through a register: the target is looked up, or remembered. */
    @Benchmark
    @OperationsPerInvocation(INDIRECT)
    public void callsThroughARegister() {
        guest.hart().x[A1] = CALL_LOOP + 2L * PhysMem.PAGE_SIZE;
        run(INDIRECT_LOOP);
    }
}
