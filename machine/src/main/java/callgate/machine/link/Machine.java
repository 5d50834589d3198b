package callgate.machine.link;

import callgate.machine.hart.Cause;
import callgate.machine.hart.CodeSpace;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.interpreter.Engine;
import callgate.machine.interpreter.HotCode;
import callgate.machine.jit.Translator;
import callgate.machine.memory.PhysMem;

/**
 * Runs harts: owns the decoded code, the interpreter and the translator of one kernel instance.
 * Thread-safe.
 */
public interface Machine extends AutoCloseable {
    /** A machine over the given memory. */
    static Machine over(PhysMem memory, Tier tier) {
        Translator translator = tier == Tier.INTERPRET ? null : new Translator(tier);
        return new EngineMachine(
                new Engine(memory, tier, translator == null ? HotCode.NONE : translator),
                translator);
    }

    /** The code of a new, empty address space. */
    CodeSpace newCodeSpace();

    /**
     * Runs guest code on the calling thread from {@code hart.pc} until something stops it. All
     * registers and {@code pc} are then exact in the hart; {@code pc} is the address of the
     * instruction that trapped, or, after an interrupt, of the next one.
     */
    Cause run(Hart hart);

    /** Stops background work. */
    @Override
    void close();
}
