package callgate.kernel.net;

/** A message being received, apart from its bytes. Used by one thread. */
public final class Receiving {
    /** MSG_* flags of the call. */
    public final int flags;

    /** Where it came from, or null if that is not told. */
    public Address from;

    /** What came along, or null; belongs to the caller. */
    public Ancillary ancillary;

    /** MSG_* flags of the result. */
    public int messageFlags;

    /** Bytes of the whole message, where messages are kept apart. */
    public long messageBytes;

    public Receiving(int flags) {
        this.flags = flags;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
