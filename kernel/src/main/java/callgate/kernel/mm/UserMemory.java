package callgate.kernel.mm;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.machine.hart.Access;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import java.nio.charset.StandardCharsets;

/**
 * Guest memory as system calls see it: every access is checked, faults pages in, and throws {@link
 * ErrnoException} with EFAULT where the guest itself could not have done it. The only class of the
 * kernel that touches guest memory.
 *
 * <p>Guest strings are byte strings; in the kernel they are Java strings of ISO 8859-1, one char a
 * byte.
 */
public final class UserMemory {
    /** Longest path with its NUL, as in Linux. */
    public static final int PATH_MAX = 4096;

    private final AddressSpace space;

    UserMemory(AddressSpace space) {
        this.space = space;
    }

    private static ErrnoException fault() {
        return new ErrnoException(Errno.EFAULT);
    }

    /**
     * Begins an access: the host address of a byte that may be read (or written), valid to the end
     * of its page until {@link #end}. Nothing may block in between.
     */
    private long begin(long address, Access access) {
        if (address < 0 || address >= PageTable.ADDRESS_LIMIT) {
            throw fault();
        }
        long page = address >>> PhysMem.PAGE_SHIFT;
        PageTable table = space.table();
        while (true) {
            space.beginAccess();
            long delta = access == Access.STORE ? table.writeDelta(page) : table.readDelta(page);
            if (delta != 0) {
                return address + delta;
            }
            space.endAccess();
            switch (space.resolve(address, access)) {
                case RESOLVED -> {}
                case NOT_MAPPED, NOT_ALLOWED, NO_DATA -> throw fault();
                case OUT_OF_MEMORY -> throw new ErrnoException(Errno.ENOMEM);
            }
        }
    }

    private void end() {
        space.endAccess();
    }

    private static int leftInPage(long address) {
        return PhysMem.PAGE_SIZE - (int) (address & (PhysMem.PAGE_SIZE - 1));
    }

    private static boolean inOnePage(long address, int width) {
        return leftInPage(address) >= width;
    }

    // ---- scalars, little-endian, any alignment ----

    public byte readByte(long address) {
        long host = begin(address, Access.LOAD);
        byte value = RAW.getByte(host);
        end();
        return value;
    }

    public short readShort(long address) {
        return (short) readSlow(address, 2);
    }

    public int readInt(long address) {
        if (!inOnePage(address, 4)) {
            return (int) readSlow(address, 4);
        }
        long host = begin(address, Access.LOAD);
        int value = RAW.getInt(host);
        end();
        return value;
    }

    public long readLong(long address) {
        if (!inOnePage(address, 8)) {
            return readSlow(address, 8);
        }
        long host = begin(address, Access.LOAD);
        long value = RAW.getLong(host);
        end();
        return value;
    }

    private long readSlow(long address, int width) {
        long value = 0;
        for (int i = 0; i < width; i++) {
            value |= (readByte(address + i) & 0xffL) << (8 * i);
        }
        return value;
    }

    public void writeByte(long address, int value) {
        long host = begin(address, Access.STORE);
        RAW.putByte(host, (byte) value);
        end();
    }

    public void writeShort(long address, int value) {
        writeSlow(address, value, 2);
    }

    public void writeInt(long address, int value) {
        if (!inOnePage(address, 4)) {
            writeSlow(address, value, 4);
            return;
        }
        long host = begin(address, Access.STORE);
        RAW.putInt(host, value);
        end();
    }

    public void writeLong(long address, long value) {
        if (!inOnePage(address, 8)) {
            writeSlow(address, value, 8);
            return;
        }
        long host = begin(address, Access.STORE);
        RAW.putLong(host, value);
        end();
    }

    /** Reads {@code count} longs in a row; the address must be a multiple of 8. */
    public void readLongs(long address, long[] to, int first, int count) {
        assert (address & 7) == 0 : address;
        for (int done = 0; done < count; ) {
            long from = address + 8L * done;
            int run = Math.min(count - done, leftInPage(from) / 8);
            long host = begin(from, Access.LOAD);
            for (int i = 0; i < run; i++) {
                to[first + done + i] = RAW.getLong(host + 8L * i);
            }
            end();
            done += run;
        }
    }

    /** Writes {@code count} longs in a row; the address must be a multiple of 8. */
    public void writeLongs(long address, long[] from, int first, int count) {
        assert (address & 7) == 0 : address;
        for (int done = 0; done < count; ) {
            long to = address + 8L * done;
            int run = Math.min(count - done, leftInPage(to) / 8);
            long host = begin(to, Access.STORE);
            for (int i = 0; i < run; i++) {
                RAW.putLong(host + 8L * i, from[first + done + i]);
            }
            end();
            done += run;
        }
    }

    private void writeSlow(long address, long value, int width) {
        for (int i = 0; i < width; i++) {
            writeByte(address + i, (int) (value >>> (8 * i)));
        }
    }

    // ---- atomics for futexes; the address must be a multiple of 4 ----

    public int readIntOrdered(long address) {
        long host = begin(address, Access.LOAD);
        int value = RAW.getIntOrdered(host);
        end();
        return value;
    }

    public boolean compareAndSetInt(long address, int expected, int value) {
        long host = begin(address, Access.STORE);
        boolean done = RAW.compareAndSetInt(host, expected, value);
        end();
        return done;
    }

    /**
     * The frame and offset that a futex word lives in: {@code frame << 12 | offset}, faulting it in
     * for writing if {@code access} says so.
     */
    public long physicalAddress(long address, Access access) {
        long host = begin(address, access);
        long physical =
                (long) space.memory().frameAt(host) << PhysMem.PAGE_SHIFT
                        | address & (PhysMem.PAGE_SIZE - 1);
        end();
        return physical;
    }

    // ---- bytes ----

    public void read(long address, byte[] to, int offset, int lengthBytes) {
        while (lengthBytes > 0) {
            int count = Math.min(lengthBytes, leftInPage(address));
            long host = begin(address, Access.LOAD);
            RAW.copyOut(host, to, offset, count);
            end();
            address += count;
            offset += count;
            lengthBytes -= count;
        }
    }

    public byte[] read(long address, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        read(address, bytes, 0, lengthBytes);
        return bytes;
    }

    public void write(long address, byte[] from, int offset, int lengthBytes) {
        while (lengthBytes > 0) {
            int count = Math.min(lengthBytes, leftInPage(address));
            long host = begin(address, Access.STORE);
            RAW.copyIn(from, offset, host, count);
            end();
            address += count;
            offset += count;
            lengthBytes -= count;
        }
    }

    public void write(long address, byte[] from) {
        write(address, from, 0, from.length);
    }

    public void clear(long address, long lengthBytes) {
        while (lengthBytes > 0) {
            int count = (int) Math.min(lengthBytes, leftInPage(address));
            long host = begin(address, Access.STORE);
            RAW.fill(host, count, (byte) 0);
            end();
            address += count;
            lengthBytes -= count;
        }
    }

    /**
     * A NUL-terminated string of at most {@code limit} bytes with its NUL, or null if it is longer.
     */
    public String readString(long address, int limit) {
        byte[] bytes = new byte[Math.min(limit, 256)];
        int length = 0;
        while (length < limit) {
            if (length == bytes.length) {
                bytes = java.util.Arrays.copyOf(bytes, Math.min(limit, length * 2));
            }
            int chunk = Math.min(leftInPage(address + length), bytes.length - length);
            long host = begin(address + length, Access.LOAD);
            int found = copyString(host, bytes, length, chunk);
            end();
            length += found;
            if (found < chunk) {
                return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
            }
        }
        return null;
    }

    /** Copies bytes up to a NUL, which is not copied; returns how many. */
    private static int copyString(long host, byte[] to, int offset, int limit) {
        for (int i = 0; i < limit; i++) {
            byte b = RAW.getByte(host + i);
            if (b == 0) {
                return i;
            }
            to[offset + i] = b;
        }
        return limit;
    }

    /** A path: throws ENAMETOOLONG if it is longer than {@link #PATH_MAX}. */
    public String readPath(long address) {
        String path = readString(address, PATH_MAX);
        if (path == null) {
            throw new ErrnoException(Errno.ENAMETOOLONG);
        }
        return path;
    }

    /**
     * The whole of one range as a buffer for a read or write; EFAULT at once if it leaves the
     * user's addresses.
     */
    public IoBuffer buffer(long address, long lengthBytes) {
        checkRange(address, lengthBytes);
        return new UserBuffer(new long[] {address}, new long[] {lengthBytes}, 1);
    }

    /**
     * An array of {@code iovec}s as one buffer. EINVAL if there are more than 1024 or a length is
     * negative.
     */
    public IoBuffer vector(long iovecs, long count) {
        if (count < 0 || count > 1024) {
            throw new ErrnoException(Errno.EINVAL);
        }
        long[] addresses = new long[(int) count];
        long[] lengths = new long[(int) count];
        long total = 0;
        for (int i = 0; i < count; i++) {
            addresses[i] = readLong(iovecs + 16L * i);
            lengths[i] = readLong(iovecs + 16L * i + 8);
            total += lengths[i];
            if (lengths[i] < 0 || total < 0) {
                throw new ErrnoException(Errno.EINVAL);
            }
            checkRange(addresses[i], lengths[i]);
        }
        return new UserBuffer(addresses, lengths, (int) count);
    }

    private static void checkRange(long address, long lengthBytes) {
        if (lengthBytes != 0
                && (address < 0
                        || lengthBytes < 0
                        || address > PageTable.ADDRESS_LIMIT - lengthBytes)) {
            throw fault();
        }
    }

    /** A cursor over ranges of guest memory. */
    private final class UserBuffer extends IoBuffer {
        private final long[] addresses;
        private final long[] lengths;
        private final int count;
        private int current;
        private long offset;
        private long remaining;
        private long transferred;

        UserBuffer(long[] addresses, long[] lengths, int count) {
            this.addresses = addresses;
            this.lengths = lengths;
            this.count = count;
            // as in Linux, one call moves at most MAX_RW_COUNT bytes
            long total = 0;
            for (int i = 0; i < count; i++) {
                total =
                        Math.min(
                                Integer.MAX_VALUE & -PhysMem.PAGE_SIZE,
                                total + Math.min(lengths[i], Integer.MAX_VALUE));
            }
            remaining = total;
        }

        @Override
        public long remaining() {
            return remaining;
        }

        @Override
        public long transferred() {
            return transferred;
        }

        /**
         * Begins an access to the next byte: its host address, and in {@link #run} how many bytes
         * can be moved there; 0 after a fault with progress.
         */
        private int run;

        private long next(long wanted, boolean progressed, Access access) {
            while (current < count && offset == lengths[current]) {
                current++;
                offset = 0;
            }
            long address = addresses[current] + offset;
            run = (int) Math.min(Math.min(wanted, lengths[current] - offset), leftInPage(address));
            try {
                return begin(address, access);
            } catch (ErrnoException e) {
                if (!progressed) {
                    throw e;
                }
                remaining = 0; // a short transfer: nothing more can be moved
                return 0;
            }
        }

        private void advance(int bytes) {
            offset += bytes;
            remaining -= bytes;
            transferred += bytes;
        }

        @Override
        public int put(byte[] from, int start, int lengthBytes) {
            int done = 0;
            while (done < lengthBytes && remaining > 0) {
                long host =
                        next(
                                Math.min(lengthBytes - done, remaining),
                                transferred > 0,
                                Access.STORE);
                if (host == 0) {
                    break;
                }
                RAW.copyIn(from, start + done, host, run);
                end();
                advance(run);
                done += run;
            }
            return done;
        }

        @Override
        public int putFrame(long hostAddress, int lengthBytes) {
            int done = 0;
            while (done < lengthBytes && remaining > 0) {
                long host =
                        next(
                                Math.min(lengthBytes - done, remaining),
                                transferred > 0,
                                Access.STORE);
                if (host == 0) {
                    break;
                }
                RAW.copy(hostAddress + done, host, run);
                end();
                advance(run);
                done += run;
            }
            return done;
        }

        @Override
        public long putZeros(long lengthBytes) {
            long done = 0;
            while (done < lengthBytes && remaining > 0) {
                long host =
                        next(
                                Math.min(lengthBytes - done, remaining),
                                transferred > 0,
                                Access.STORE);
                if (host == 0) {
                    break;
                }
                RAW.fill(host, run, (byte) 0);
                end();
                advance(run);
                done += run;
            }
            return done;
        }

        @Override
        public int get(byte[] to, int start, int lengthBytes) {
            int done = 0;
            while (done < lengthBytes && remaining > 0) {
                long host =
                        next(Math.min(lengthBytes - done, remaining), transferred > 0, Access.LOAD);
                if (host == 0) {
                    break;
                }
                RAW.copyOut(host, to, start + done, run);
                end();
                advance(run);
                done += run;
            }
            return done;
        }

        @Override
        public int getFrame(long hostAddress, int lengthBytes) {
            int done = 0;
            while (done < lengthBytes && remaining > 0) {
                long host =
                        next(Math.min(lengthBytes - done, remaining), transferred > 0, Access.LOAD);
                if (host == 0) {
                    break;
                }
                RAW.copy(host, hostAddress + done, run);
                end();
                advance(run);
                done += run;
            }
            return done;
        }

        @Override
        public long skip(long lengthBytes) {
            long done = 0;
            while (done < lengthBytes && remaining > 0) {
                while (current < count && offset == lengths[current]) {
                    current++;
                    offset = 0;
                }
                int step =
                        (int)
                                Math.min(
                                        Math.min(lengthBytes - done, remaining),
                                        lengths[current] - offset);
                advance(step);
                done += step;
            }
            return done;
        }
    }
}
