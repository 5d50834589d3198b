package callgate.machine.hart;

/** What an instruction wanted of a page. */
public enum Access {
    LOAD,
    STORE,
    FETCH
}
