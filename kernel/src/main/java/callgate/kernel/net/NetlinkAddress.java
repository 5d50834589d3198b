package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.SocketNumbers;

/**
 * An address of AF_NETLINK (netlink(7)): a port number, which is 0 for the kernel, and multicast
 * groups.
 */
record NetlinkAddress(int port, int groups) implements Address {
    static final NetlinkAddress KERNEL = new NetlinkAddress(0, 0);

    private static final int BYTES = 12;

    static NetlinkAddress decode(byte[] bytes) {
        if (bytes.length < BYTES || SocketBytes.getShort(bytes, 0) != SocketNumbers.AF_NETLINK) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return new NetlinkAddress(SocketBytes.getInt(bytes, 4), SocketBytes.getInt(bytes, 8));
    }

    @Override
    public byte[] encode() {
        byte[] bytes = new byte[BYTES];
        SocketBytes.putShort(bytes, 0, SocketNumbers.AF_NETLINK);
        SocketBytes.putInt(bytes, 4, port);
        SocketBytes.putInt(bytes, 8, groups);
        return bytes;
    }
}
