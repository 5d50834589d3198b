package callgate.kernel.net;

/**
 * A socket address. {@link #encode} gives a {@code struct sockaddr} of its family, of exactly its
 * length.
 */
public sealed interface Address permits UnixAddress, InetAddress, NetlinkAddress {
    byte[] encode();
}
