package callgate.machine.interpreter;

import callgate.machine.hart.Hart;

/** Translated guest code with one entry. Stateless towards harts: several may run it at once. */
public interface CompiledCode {
    /**
     * Returned when the hart must leave guest code; {@code hart.cause}, {@code hart.tval} and
     * {@code hart.pc} say why and where.
     */
    long EXIT = -1;

    /**
     * Runs from the entry on. All registers are in the hart before and after.
     *
     * @param depth how many guest calls are nested on the host's stack above this one; 0 from the
     *     engine
     * @return the guest address to go on at, or {@link #EXIT}
     */
    long run(Hart hart, int depth);
}
