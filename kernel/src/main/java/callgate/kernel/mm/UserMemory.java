package callgate.kernel.mm;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.machine.hart.Access;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import java.nio.charset.StandardCharsets;

/**
 * Guest memory as system calls see it: every access is checked, faults pages in, and throws {@link ErrnoException} with EFAULT where
 * the guest itself could not have done it. The only class of the kernel that touches guest memory.
 *
 * <p>Guest strings are byte strings; in the kernel they are Java strings of ISO 8859-1, one char a byte.
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

    /** Host address of a byte that may be read (or written); valid to the end of its page until the task returns to the guest. */
    private long host(long address, Access access) {
        if (address < 0 || address >= PageTable.ADDRESS_LIMIT) {
            throw fault();
        }
        long page = address >>> PhysMem.PAGE_SHIFT;
        PageTable table = space.table();
        while (true) {
            long delta = access == Access.STORE ? table.writeDelta(page) : table.readDelta(page);
            if (delta != 0) {
                return address + delta;
            }
            if (!space.fault(address, access)) {
                throw fault();
            }
        }
    }

    private static int leftInPage(long address) {
        return PhysMem.PAGE_SIZE - (int) (address & (PhysMem.PAGE_SIZE - 1));
    }

    private static boolean inOnePage(long address, int width) {
        return leftInPage(address) >= width;
    }

    // ---- scalars, little-endian, any alignment ----

    public byte readByte(long address) {
        return RAW.getByte(host(address, Access.LOAD));
    }

    public short readShort(long address) {
        return (short) readSlow(address, 2);
    }

    public int readInt(long address) {
        return inOnePage(address, 4) ? RAW.getInt(host(address, Access.LOAD)) : (int) readSlow(address, 4);
    }

    public long readLong(long address) {
        return inOnePage(address, 8) ? RAW.getLong(host(address, Access.LOAD)) : readSlow(address, 8);
    }

    private long readSlow(long address, int width) {
        long value = 0;
        for (int i = 0; i < width; i++) {
            value |= (readByte(address + i) & 0xffL) << (8 * i);
        }
        return value;
    }

    public void writeByte(long address, int value) {
        RAW.putByte(host(address, Access.STORE), (byte) value);
    }

    public void writeShort(long address, int value) {
        writeSlow(address, value, 2);
    }

    public void writeInt(long address, int value) {
        if (inOnePage(address, 4)) {
            RAW.putInt(host(address, Access.STORE), value);
        } else {
            writeSlow(address, value, 4);
        }
    }

    public void writeLong(long address, long value) {
        if (inOnePage(address, 8)) {
            RAW.putLong(host(address, Access.STORE), value);
        } else {
            writeSlow(address, value, 8);
        }
    }

    private void writeSlow(long address, long value, int width) {
        for (int i = 0; i < width; i++) {
            writeByte(address + i, (int) (value >>> (8 * i)));
        }
    }

    // ---- atomics for futexes; the address must be a multiple of 4 ----

    public int readIntOrdered(long address) {
        return RAW.getIntOrdered(host(address, Access.LOAD));
    }

    public boolean compareAndSetInt(long address, int expected, int value) {
        return RAW.compareAndSetInt(host(address, Access.STORE), expected, value);
    }

    /** The frame and offset that a futex word lives in: {@code frame << 12 | offset}, faulting it in for writing if {@code access} says so. */
    public long physicalAddress(long address, Access access) {
        long host = host(address, access);
        return (long) space.memory().frameAt(host) << PhysMem.PAGE_SHIFT | address & (PhysMem.PAGE_SIZE - 1);
    }

    // ---- bytes ----

    public void read(long address, byte[] to, int offset, int lengthBytes) {
        while (lengthBytes > 0) {
            int count = Math.min(lengthBytes, leftInPage(address));
            RAW.copyOut(host(address, Access.LOAD), to, offset, count);
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
            RAW.copyIn(from, offset, host(address, Access.STORE), count);
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
            RAW.fill(host(address, Access.STORE), count, (byte) 0);
            address += count;
            lengthBytes -= count;
        }
    }

    /** A NUL-terminated string of at most {@code limit} bytes with its NUL, or null if it is longer. */
    public String readString(long address, int limit) {
        byte[] bytes = new byte[Math.min(limit, 256)];
        int length = 0;
        while (length < limit) {
            int chunk = Math.min(leftInPage(address + length), limit - length);
            long host = host(address + length, Access.LOAD);
            for (int i = 0; i < chunk; i++) {
                byte b = RAW.getByte(host + i);
                if (b == 0) {
                    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
                }
                if (length == bytes.length) {
                    bytes = java.util.Arrays.copyOf(bytes, Math.min(limit, length * 2));
                }
                bytes[length++] = b;
            }
        }
        return null;
    }

    /** A path: throws ENAMETOOLONG if it is longer than {@link #PATH_MAX}. */
    public String readPath(long address) {
        String path = readString(address, PATH_MAX);
        if (path == null) {
            throw new ErrnoException(Errno.ENAMETOOLONG);
        }
        return path;
    }

    /** The whole of one range as a buffer for a read or write; EFAULT at once if it leaves the user's addresses. */
    public IoBuffer buffer(long address, long lengthBytes) {
        checkRange(address, lengthBytes);
        return new UserBuffer(new long[] {address}, new long[] {lengthBytes}, 1);
    }

    /** An array of {@code iovec}s as one buffer. EINVAL if there are more than 1024 or a length is negative. */
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
                && (address < 0 || lengthBytes < 0 || address > PageTable.ADDRESS_LIMIT - lengthBytes)) {
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
                total = Math.min(Integer.MAX_VALUE & -PhysMem.PAGE_SIZE, total + Math.min(lengths[i], Integer.MAX_VALUE));
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

        /** Host address of the next byte, and in {@link #run} how many bytes can be moved there; 0 after a fault with progress. */
        private int run;

        private long next(long wanted, boolean progressed, Access access) {
            while (current < count && offset == lengths[current]) {
                current++;
                offset = 0;
            }
            long address = addresses[current] + offset;
            run = (int) Math.min(Math.min(wanted, lengths[current] - offset), leftInPage(address));
            try {
                return host(address, access);
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
                long host = next(Math.min(lengthBytes - done, remaining), transferred > 0, Access.STORE);
                if (host == 0) {
                    break;
                }
                RAW.copyIn(from, start + done, host, run);
                advance(run);
                done += run;
            }
            return done;
        }

        @Override
        public int putFrame(long hostAddress, int lengthBytes) {
            int done = 0;
            while (done < lengthBytes && remaining > 0) {
                long host = next(Math.min(lengthBytes - done, remaining), transferred > 0, Access.STORE);
                if (host == 0) {
                    break;
                }
                RAW.copy(hostAddress + done, host, run);
                advance(run);
                done += run;
            }
            return done;
        }

        @Override
        public long putZeros(long lengthBytes) {
            long done = 0;
            while (done < lengthBytes && remaining > 0) {
                long host = next(Math.min(lengthBytes - done, remaining), transferred > 0, Access.STORE);
                if (host == 0) {
                    break;
                }
                RAW.fill(host, run, (byte) 0);
                advance(run);
                done += run;
            }
            return done;
        }

        @Override
        public int get(byte[] to, int start, int lengthBytes) {
            int done = 0;
            while (done < lengthBytes && remaining > 0) {
                long host = next(Math.min(lengthBytes - done, remaining), transferred > 0, Access.LOAD);
                if (host == 0) {
                    break;
                }
                RAW.copyOut(host, to, start + done, run);
                advance(run);
                done += run;
            }
            return done;
        }

        @Override
        public int getFrame(long hostAddress, int lengthBytes) {
            int done = 0;
            while (done < lengthBytes && remaining > 0) {
                long host = next(Math.min(lengthBytes - done, remaining), transferred > 0, Access.LOAD);
                if (host == 0) {
                    break;
                }
                RAW.copy(host, hostAddress + done, run);
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
                int step = (int) Math.min(Math.min(lengthBytes - done, remaining), lengths[current] - offset);
                advance(step);
                done += step;
            }
            return done;
        }
    }
}
