package callgate.machine.hart;

/**
 * What a hart asks when it cannot go on by itself; the gate implements it for the kernel. Called on
 * the hart's own thread. When {@link #ecall} is called all registers and {@code pc} are in the
 * hart; at {@link #pageFault} and {@link #fetch} the translator may still hold registers in locals,
 * so only the arguments may be used.
 *
 * <p>Every method here but {@link #time} takes the hart outside its guarded section ({@link
 * Hart#enter}): no delta and no host address read before such a call may be used after it, in the
 * interpreter and in translated code alike.
 */
public interface Supervisor {
    /**
     * A system call. {@code hart.pc} is the address of the {@code ecall} instruction. The callee
     * sets {@code pc} to where the hart goes on.
     *
     * @return true to go on at {@code hart.pc}; false to stop with {@link Cause#SUPERVISOR}
     */
    boolean ecall(Hart hart);

    /**
     * An access that the page table does not allow, by the page that {@code address} lies in.
     *
     * @return true if the page is now mapped with that right and the access is to be tried again;
     *     false if it is a fault
     */
    boolean pageFault(Hart hart, long address, Access access);

    /**
     * The frame that holds the executable page at {@code guestPage}, bringing it in if need be.
     *
     * @return the frame number, or 0 if the page is not executable
     */
    int fetch(Hart hart, long guestPage);

    /**
     * {@code fence.i} was executed: code written by this hart must be seen by its own later
     * fetches.
     */
    void fenceInstruction(Hart hart);

    /** The {@code time} counter: nanoseconds since the machine started; never goes back. */
    long time(Hart hart);
}
