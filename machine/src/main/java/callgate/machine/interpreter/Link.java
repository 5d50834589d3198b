package callgate.machine.interpreter;

/** An exit of a block, and the block it is known to lead to. */
final class Link {
    /** The target. */
    final long pc;

    /** The block at {@code pc}; null while not known. */
    final Block to;

    /**
     * The state of the address space for which {@code to} is right; {@link Epoch#ALWAYS} if both
     * blocks lie in one page and so come and go together; null while {@code to} is not known.
     */
    final Epoch epoch;

    Link(long pc, Block to, Epoch epoch) {
        this.pc = pc;
        this.to = to;
        this.epoch = epoch;
    }

    /** An exit not taken yet. */
    static Link open(long pc) {
        return new Link(pc, null, null);
    }
}
