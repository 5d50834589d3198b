package callgate.image.zstd;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The checksum of frames: XXH64 with seed 0, as the xxHash specification defines it. */
final class XxHash64 {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;
    private static final int STRIPE = 32;

    private final byte[] pending = new byte[STRIPE];
    private int pendingBytes;
    private long total;
    private long a = P1 + P2;
    private long b = P2;
    private long c;
    private long d = -P1;

    void update(byte[] data, int offset, int length) {
        total += length;
        int at = offset;
        int end = offset + length;
        if (pendingBytes > 0) {
            int count = Math.min(STRIPE - pendingBytes, length);
            System.arraycopy(data, at, pending, pendingBytes, count);
            pendingBytes += count;
            at += count;
            if (pendingBytes < STRIPE) {
                return;
            }
            stripe(pending, 0);
            pendingBytes = 0;
        }
        for (; at + STRIPE <= end; at += STRIPE) {
            stripe(data, at);
        }
        pendingBytes = end - at;
        System.arraycopy(data, at, pending, 0, pendingBytes);
    }

    long value() {
        long hash = P5;
        if (total >= STRIPE) {
            hash =
                    Long.rotateLeft(a, 1)
                            + Long.rotateLeft(b, 7)
                            + Long.rotateLeft(c, 12)
                            + Long.rotateLeft(d, 18);
            hash = merge(merge(merge(merge(hash, a), b), c), d);
        }
        hash += total;
        int at = 0;
        for (; at + 8 <= pendingBytes; at += 8) {
            hash = Long.rotateLeft(hash ^ round(0, (long) LONG.get(pending, at)), 27) * P1 + P4;
        }
        if (at + 4 <= pendingBytes) {
            hash =
                    Long.rotateLeft(hash ^ ((int) INT.get(pending, at) & 0xffffffffL) * P1, 23) * P2
                            + P3;
            at += 4;
        }
        for (; at < pendingBytes; at++) {
            hash = Long.rotateLeft(hash ^ (pending[at] & 0xff) * P5, 11) * P1;
        }
        hash = (hash ^ hash >>> 33) * P2;
        hash = (hash ^ hash >>> 29) * P3;
        return hash ^ hash >>> 32;
    }

    private void stripe(byte[] data, int at) {
        a = round(a, (long) LONG.get(data, at));
        b = round(b, (long) LONG.get(data, at + 8));
        c = round(c, (long) LONG.get(data, at + 16));
        d = round(d, (long) LONG.get(data, at + 24));
    }

    private static long round(long sum, long input) {
        return Long.rotateLeft(sum + input * P2, 31) * P1;
    }

    private static long merge(long hash, long sum) {
        return (hash ^ round(0, sum)) * P1 + P4;
    }
}
