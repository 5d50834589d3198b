package callgate.kernel.net;

/** What the table of ports asks of a socket. */
interface InetSocket {
    /** Whether sockets that would share its port must not: it listens for connections. */
    boolean keepsOthersOff();
}
