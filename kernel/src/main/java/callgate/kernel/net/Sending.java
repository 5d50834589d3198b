package callgate.kernel.net;

/** A message to send, apart from its bytes. Used by one thread. */
public final class Sending {
    /** MSG_* flags. */
    public final int flags;

    /** The encoded destination, or null. */
    public final byte[] address;

    /** What goes along, or null; who takes it sets this to null, else the caller releases it. */
    public Ancillary ancillary;

    public Sending(int flags, byte[] address, Ancillary ancillary) {
        this.flags = flags;
        this.address = address;
        this.ancillary = ancillary;
    }
}
