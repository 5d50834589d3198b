package callgate;

/** What a guest may do in a host directory that it was given. */
public enum Access {
    READ_ONLY,
    READ_WRITE
}
