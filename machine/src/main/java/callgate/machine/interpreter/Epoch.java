package callgate.machine.interpreter;

/** The identity of one state of an address space's code: a new one begins whenever known code goes away. */
final class Epoch {
    /** Of what is right in every state. */
    static final Epoch ALWAYS = new Epoch();
}
