package callgate.machine.interpreter;

/**
 * An exit of a block, and the block it is known to lead to.
 *
 * @param pc the target
 * @param to the block at {@code pc}; null while not known
 * @param epoch the state of the address space for which {@code to} is right; {@link Epoch#ALWAYS}
 *     if both blocks lie in one page and so come and go together
 */
record Link(long pc, Block to, Epoch epoch) {
    /** An exit not taken yet. */
    static Link open(long pc) {
        return new Link(pc, null, null);
    }
}
