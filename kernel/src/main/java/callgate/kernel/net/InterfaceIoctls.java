package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.vfs.Caller;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The old way to ask about interfaces (netdevice(7)): there is {@code lo}, and it cannot be
 * changed.
 */
final class InterfaceIoctls {
    static final String LOOPBACK = "lo";
    static final int LOOPBACK_INDEX = 1;
    static final int LOOPBACK_MTU = 65536;

    /** IFF_UP, IFF_LOOPBACK, IFF_RUNNING. */
    static final int LOOPBACK_FLAGS = 0x1 | 0x8 | 0x40;

    static final int ARPHRD_LOOPBACK = 772;

    private static final int SIOCATMARK = 0x8905;
    private static final int SIOCGIFNAME = 0x8910;
    private static final int SIOCGIFCONF = 0x8912;
    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCGIFADDR = 0x8915;
    private static final int SIOCGIFBRDADDR = 0x8919;
    private static final int SIOCGIFNETMASK = 0x891b;
    private static final int SIOCGIFMETRIC = 0x891d;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int SIOCGIFHWADDR = 0x8927;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int SIOCGIFTXQLEN = 0x8942;

    private static final int NAME_BYTES = 16;

    /** Bytes of struct ifreq: the name, and a union. */
    private static final int REQUEST_BYTES = 40;

    private static final int TRANSMIT_QUEUE = 1000;

    private InterfaceIoctls() {}

    static boolean isLoopbackName(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        String name = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
        return name.isEmpty() || name.equals(LOOPBACK);
    }

    static long ioctl(Caller caller, int request, long argument) {
        return switch (request) {
            case SIOCATMARK -> {
                caller.memory().writeInt(argument, 0);
                yield 0;
            }
            case SIOCGIFCONF -> listInterfaces(caller, argument);
            case SIOCGIFNAME -> nameOf(caller, argument);
            case SIOCGIFFLAGS,
                    SIOCGIFADDR,
                    SIOCGIFBRDADDR,
                    SIOCGIFNETMASK,
                    SIOCGIFMETRIC,
                    SIOCGIFMTU,
                    SIOCGIFHWADDR,
                    SIOCGIFINDEX,
                    SIOCGIFTXQLEN ->
                    ask(caller, request, argument);
            default -> -Errno.ENOTTY;
        };
    }

    private static long listInterfaces(Caller caller, long ifconf) {
        int room = caller.memory().readInt(ifconf);
        long address = caller.memory().readLong(ifconf + 8);
        if (address == 0) {
            caller.memory().writeInt(ifconf, REQUEST_BYTES);
            return 0;
        }
        if (room < 0) {
            return -Errno.EINVAL;
        }
        if (room >= REQUEST_BYTES) {
            byte[] entry =
                    Arrays.copyOf(LOOPBACK.getBytes(StandardCharsets.US_ASCII), REQUEST_BYTES);
            put(entry, socketAddress(Ip.LOOPBACK4));
            caller.memory().write(address, entry);
        }
        caller.memory().writeInt(ifconf, room >= REQUEST_BYTES ? REQUEST_BYTES : 0);
        return 0;
    }

    private static byte[] socketAddress(Ip ip) {
        return new InetAddress(SocketNumbers.AF_INET, ip, 0).encode();
    }

    private static void put(byte[] ifreq, byte[] value) {
        System.arraycopy(value, 0, ifreq, NAME_BYTES, value.length);
    }

    private static long nameOf(Caller caller, long ifreq) {
        if (caller.memory().readInt(ifreq + NAME_BYTES) != LOOPBACK_INDEX) {
            return -Errno.ENODEV;
        }
        caller.memory()
                .write(
                        ifreq,
                        Arrays.copyOf(LOOPBACK.getBytes(StandardCharsets.US_ASCII), NAME_BYTES));
        return 0;
    }

    private static long ask(Caller caller, int request, long ifreq) {
        byte[] name = caller.memory().read(ifreq, NAME_BYTES);
        if (name[0] == 0 || !isLoopbackName(name)) {
            return -Errno.ENODEV;
        }
        byte[] answer =
                switch (request) {
                    case SIOCGIFFLAGS -> new byte[] {LOOPBACK_FLAGS, 0};
                    case SIOCGIFADDR -> socketAddress(Ip.LOOPBACK4);
                    case SIOCGIFBRDADDR -> socketAddress(Ip.ANY4);
                    case SIOCGIFNETMASK -> socketAddress(Ip.v4(0xff000000));
                    case SIOCGIFMTU -> SocketBytes.ofInt(LOOPBACK_MTU);
                    case SIOCGIFHWADDR -> hardwareAddress();
                    case SIOCGIFINDEX -> SocketBytes.ofInt(LOOPBACK_INDEX);
                    case SIOCGIFTXQLEN -> SocketBytes.ofInt(TRANSMIT_QUEUE);
                    default -> SocketBytes.ofInt(0);
                };
        caller.memory().write(ifreq + NAME_BYTES, answer);
        return 0;
    }

    private static byte[] hardwareAddress() {
        byte[] address = new byte[16];
        SocketBytes.putShort(address, 0, ARPHRD_LOOPBACK);
        return address;
    }
}
