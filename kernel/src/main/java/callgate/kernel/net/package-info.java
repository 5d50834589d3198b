/**
 * Sockets, all inside the kernel: UNIX-domain, TCP and UDP over loopback in IPv4 and IPv6, and as
 * much of a route netlink as tells about {@code lo}. Nothing here reaches the host; every other
 * address is unreachable.
 *
 * <p>{@link callgate.kernel.net.Socket} is the open file with what all kinds share. Connected byte
 * or record streams in both families are {@link callgate.kernel.net.StreamSocket} over a pair of
 * {@link callgate.kernel.net.StreamChannel}; datagrams are {@link
 * callgate.kernel.net.MessageQueue}. {@link callgate.kernel.net.Network} makes sockets and holds
 * the name spaces.
 *
 * <p>There is no packet layer: a segment cannot be lost, so TCP's states are only those that a
 * program can tell apart.
 *
 * <p>Lock order: a socket's monitor, then a channel's, queue's or name space's, which are leaves,
 * except that user memory may be faulted in under a channel's. Never two sockets' monitors at once.
 * Wait queues are woken with no lock held.
 */
package callgate.kernel.net;
