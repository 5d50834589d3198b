package callgate.machine.interpreter;

/** Told by the engine which code is worth translating. */
public interface HotCode {
    /** A machine without a translator. */
    HotCode NONE = (space, block) -> {};

    /**
     * {@code block} was entered often (or, in the tier that translates everything, is about to run
     * for the first time) in {@code space}. Called on a hart's thread with no locks held; may
     * return at once and work in the background, and ends by {@link Block#install}. Called again
     * for the same block, after a while, for as long as nothing is installed.
     */
    void request(GuestCode space, Block block);
}
