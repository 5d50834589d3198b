package callgate.kernel.net;

/** An internet address of 128 bits; those of IPv4 are mapped ({@code ::ffff:a.b.c.d}). */
record Ip(long high, long low) {
    static final Ip ANY6 = new Ip(0, 0);
    static final Ip LOOPBACK6 = new Ip(0, 1);
    static final Ip ANY4 = v4(0);
    static final Ip LOOPBACK4 = v4(0x7f000001);

    private static final long MAPPED = 0xffff_0000_0000L;

    static Ip v4(int address) {
        return new Ip(0, MAPPED | Integer.toUnsignedLong(address));
    }

    boolean isV4() {
        return high == 0 && (low & ~0xffff_ffffL) == MAPPED;
    }

    int v4() {
        return (int) low;
    }

    boolean isAny() {
        return equals(ANY4) || equals(ANY6);
    }

    /** Whether it is one of this host's own: 127.0.0.0/8 or ::1. */
    boolean isLoopback() {
        return isV4() ? v4() >>> 24 == 127 : equals(LOOPBACK6);
    }

    /** The any-address of the same family. */
    Ip any() {
        return isV4() ? ANY4 : ANY6;
    }

    /** What a packet to this address has as its sender when that is not bound. */
    Ip loopback() {
        return isV4() ? LOOPBACK4 : LOOPBACK6;
    }
}
