package callgate.gate;

import callgate.machine.hart.Cause;
import callgate.machine.hart.CodeSpace;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.link.Machine;
import callgate.machine.memory.PhysMem;

/**
 * The border of one kernel instance: guest code runs only through it. Thread-safe; each hart is
 * used by one thread at a time.
 */
public final class Border implements AutoCloseable {
    private final Machine machine;

    public Border(PhysMem memory, Tier tier) {
        machine = Machine.over(memory, tier);
    }

    /** The code of a new address space. */
    public CodeSpace newCodeSpace() {
        return machine.newCodeSpace();
    }

    /**
     * Runs guest code in user mode until it traps; see {@link Cause}. System calls reach the hart's
     * supervisor on the way.
     */
    public Cause runUser(Hart hart) {
        hart.enter();
        try {
            return machine.run(hart);
        } finally {
            hart.leave();
        }
    }

    @Override
    public void close() {
        machine.close();
    }
}
