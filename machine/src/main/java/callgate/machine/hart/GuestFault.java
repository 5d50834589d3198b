package callgate.machine.hart;

/**
 * Unwinds from a memory access to the interpreter or the translated method, which then stores its
 * registers. Without a stack trace; cause and address are in the hart.
 */
public final class GuestFault extends RuntimeException {
    /** The one instance: it carries nothing. */
    static final GuestFault INSTANCE = new GuestFault();

    private GuestFault() {
        super(null, null, false, false);
    }
}
