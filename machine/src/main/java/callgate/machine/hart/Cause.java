package callgate.machine.hart;

/**
 * Why a hart stopped running guest code. Names follow the privileged specification's exception
 * codes.
 */
public enum Cause {
    /** {@link Hart#interrupt} was called; nothing went wrong. */
    INTERRUPT,
    /** The supervisor's {@code ecall} asked to leave. */
    SUPERVISOR,
    /** No such instruction, or not allowed in this mode; {@code tval} is its encoding. */
    ILLEGAL_INSTRUCTION,
    /** {@code ebreak}. */
    BREAKPOINT,
    /** Jump to an odd address. */
    FETCH_MISALIGNED,
    /** {@code tval} is not executable. */
    FETCH_FAULT,
    /** {@code tval} is not readable. */
    LOAD_FAULT,
    /** {@code tval} is not writable. */
    STORE_FAULT,
    /** LR, SC or AMO at an address that is not a multiple of its size, in {@code tval}. */
    ATOMIC_MISALIGNED
}
