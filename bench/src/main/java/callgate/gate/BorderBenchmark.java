package callgate.gate;

import static callgate.bench.inner.FlatGuest.branch;
import static callgate.bench.inner.FlatGuest.immediate;

import callgate.bench.inner.FlatGuest;
import callgate.bench.inner.Mechanism;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The border between guest code and a kernel that does nothing. */
public class BorderBenchmark extends Mechanism {
    private static final int CALLS = 10_000;
    private static final int A0 = 10;
    private static final int A7 = 17;

    @Param({"INTERPRET", "TRANSLATE"})
    public Tier tier;

    private FlatGuest guest;
    private FlatGuest stopping;

    @Setup
    public void assemble() {
        int[] code = {
            immediate(Op.ADDI, A7, 0, 173),
            Op.ECALL.match(),
            immediate(Op.ADDI, A0, A0, -1),
            branch(Op.BNE, A0, 0, -12),
            Op.EBREAK.match()
        };
        guest = new FlatGuest(tier, code);
        stopping = new FlatGuest(tier, code);
        stopping.stopAtCalls();
    }

    @TearDown
    public void close() {
        guest.close();
        stopping.close();
    }

    /** A system call in user mode, and three instructions around it. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void systemCall() {
        guest.hart().x[A0] = CALLS;
        check(guest, guest.run(FlatGuest.BASE), Cause.BREAKPOINT);
    }

    /** A system call that leaves the machine, and the way back in: signals, blocking calls. */
    @Benchmark
    public void leaveAndEnter() {
        check(stopping, stopping.run(FlatGuest.BASE), Cause.SUPERVISOR);
    }

    private static void check(FlatGuest who, Cause cause, Cause expected) {
        if (cause != expected) {
            throw new IllegalStateException(cause + " at 0x" + Long.toHexString(who.hart().pc));
        }
    }
}
