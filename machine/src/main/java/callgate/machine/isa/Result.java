package callgate.machine.isa;

/** What becomes of the value that an instruction's method returns. */
public enum Result {
    /** It goes to integer register {@code rd}. */
    RD,
    /** It goes to floating-point register {@code fd}. */
    FD,
    /** True: control goes to the target (a branch), or the hart goes on (ECALL). */
    CONDITION,
    /** There is none. */
    NONE
}
