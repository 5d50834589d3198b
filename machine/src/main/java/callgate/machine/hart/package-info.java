/**
 * A hart: registers, floating-point state, memory access with faults, reservations, and what it
 * asks of its supervisor.
 *
 * <p>Layers of the machine, lowest first: {@code memory < hart < isa < interpreter < jit < link}.
 *
 * <p>A hart belongs to one host thread at a time. Only {@link callgate.machine.hart.Hart#interrupt}
 * and the fields said to be volatile may be used by others.
 */
package callgate.machine.hart;
