package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.SocketNumbers;

/**
 * An address of AF_INET or AF_INET6 (ip(7), ipv6(7)); {@code family} says which form it is written
 * in.
 */
record InetAddress(int family, Ip ip, int port) implements Address {
    private static final int V4_BYTES = 16;
    private static final int V6_BYTES = 28;

    /** Without the scope, as RFC 2133 had it. */
    private static final int V6_OLD_BYTES = 24;

    /** An address for a socket of {@code family}. EINVAL or EAFNOSUPPORT if it is none. */
    static InetAddress decode(byte[] bytes, int family) {
        int given = bytes.length < 2 ? -1 : SocketBytes.getShort(bytes, 0);
        if (family == SocketNumbers.AF_INET) {
            if (bytes.length < V4_BYTES) {
                throw new ErrnoException(Errno.EINVAL);
            }
            boolean anyUnspecified =
                    given == SocketNumbers.AF_UNSPEC && SocketBytes.getBigInt(bytes, 4) == 0;
            if (given != SocketNumbers.AF_INET && !anyUnspecified) {
                throw new ErrnoException(Errno.EAFNOSUPPORT);
            }
            return new InetAddress(
                    family, Ip.v4(SocketBytes.getBigInt(bytes, 4)), SocketBytes.getPort(bytes, 2));
        }
        if (bytes.length < V6_OLD_BYTES) {
            throw new ErrnoException(Errno.EINVAL);
        }
        if (given != SocketNumbers.AF_INET6) {
            throw new ErrnoException(Errno.EAFNOSUPPORT);
        }
        Ip ip = new Ip(SocketBytes.getBigLong(bytes, 8), SocketBytes.getBigLong(bytes, 16));
        return new InetAddress(family, ip, SocketBytes.getPort(bytes, 2));
    }

    InetAddress withPort(int newPort) {
        return new InetAddress(family, ip, newPort);
    }

    InetAddress withIp(Ip newIp) {
        return new InetAddress(family, newIp, port);
    }

    /** The same address as a socket of another family shows it. */
    InetAddress as(int otherFamily) {
        return new InetAddress(otherFamily, ip, port);
    }

    @Override
    public byte[] encode() {
        boolean v4 = family == SocketNumbers.AF_INET;
        byte[] bytes = new byte[v4 ? V4_BYTES : V6_BYTES];
        SocketBytes.putShort(bytes, 0, family);
        SocketBytes.putPort(bytes, 2, port);
        if (v4) {
            SocketBytes.putBigInt(bytes, 4, ip.isV4() ? ip.v4() : 0);
        } else {
            SocketBytes.putBigLong(bytes, 8, ip.high());
            SocketBytes.putBigLong(bytes, 16, ip.low());
        }
        return bytes;
    }
}
