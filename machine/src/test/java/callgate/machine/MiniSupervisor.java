package callgate.machine;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.machine.hart.Access;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Supervisor;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The least kernel that runs a static program, freestanding or with a C library: one flat address
 * space whose pages come on demand, and the system calls write, brk, mprotect (which does nothing),
 * exit, exit_group and clock_gettime. For tests and speed checks of the machine alone.
 *
 * <p>Everything from {@link #LOWEST} to {@link #HIGHEST} may be read and written; pages of
 * executable ELF segments, and those given to {@link #makeExecutable}, may be run. All else faults.
 */
public final class MiniSupervisor implements Supervisor, AutoCloseable {
    public static final long LOWEST = 0x1_0000;
    public static final long HIGHEST = 0x8000_0000L;
    public static final long STACK_TOP = 0x7fff_0000L;

    private static final int SYS_WRITE = 64;
    private static final int SYS_EXIT = 93;
    private static final int SYS_EXIT_GROUP = 94;
    private static final int SYS_CLOCK_GETTIME = 113;
    private static final int CLOCK_THREAD_CPUTIME_ID = 3;
    private static final int SYS_BRK = 214;
    private static final int SYS_MPROTECT = 226;
    private static final long HEAP = 0x2000_0000L;
    private static final long ENOSYS = -38;

    private static final int BLOCK_PAGES = 128;

    public final PhysMem memory;
    public final PageTable table;
    public final ByteArrayOutputStream output = new ByteArrayOutputStream();

    private final PageTable.Pool pool = new PageTable.Pool();
    private final Map<Long, int[]> frameBlocks = new HashMap<>();
    private final BitSet executable = new BitSet();
    private volatile boolean exited;
    private int status;
    private long programBreak = HEAP;
    private byte[] loaded;

    public MiniSupervisor(long memoryBytes) {
        memory = PhysMem.temporary(memoryBytes);
        table = pool.take();
    }

    /** A hart that starts at {@code pc} with a stack; the caller sets {@code hart.code}. */
    public Hart newHart(long pc) {
        Hart hart = new Hart(this);
        hart.table = table.base();
        hart.pc = pc;
        hart.x[2] = STACK_TOP;
        return hart;
    }

    /**
     * Builds the initial stack of a C program: arguments, no environment, and the auxiliary vector
     * of the file loaded last.
     */
    public void passArguments(Hart hart, String... arguments) {
        long at = STACK_TOP - 4096;
        long[] pointers = new long[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            byte[] text = (arguments[i] + "\0").getBytes(java.nio.charset.StandardCharsets.UTF_8);
            writeBytes(at, text, 0, text.length);
            pointers[i] = at;
            at += text.length;
        }
        ByteBuffer elf = ByteBuffer.wrap(loaded).order(ByteOrder.LITTLE_ENDIAN);
        long headers = firstSegment(elf) + elf.getLong(32);
        long random = STACK_TOP - 64;
        long[] auxiliary = {
            3,
            headers,
            4,
            elf.getShort(54),
            5,
            elf.getShort(56),
            6,
            4096,
            9,
            elf.getLong(24),
            25,
            random,
            0,
            0
        };
        long sp = STACK_TOP - 8192;
        hart.x[2] = sp;
        sp = push(sp, arguments.length);
        sp = push(sp, pointers);
        sp = push(sp, 0, 0);
        push(sp, auxiliary);
    }

    private long push(long at, long... values) {
        for (long value : values) {
            RAW.putLong(host(at), value);
            at += 8;
        }
        return at;
    }

    private static long firstSegment(ByteBuffer elf) {
        int at = (int) elf.getLong(32);
        while (elf.getInt(at) != 1) {
            at += elf.getShort(54);
        }
        return elf.getLong(at + 16);
    }

    public boolean exited() {
        return exited;
    }

    public int status() {
        return status;
    }

    /** Copies an ELF file's segments into memory; returns its entry address. */
    public long loadElf(byte[] file) {
        loaded = file;
        ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int headers = (int) elf.getLong(32);
        int headerBytes = elf.getShort(54);
        for (int i = 0, n = elf.getShort(56); i < n; i++) {
            int at = headers + i * headerBytes;
            if (elf.getInt(at) == 1) { // PT_LOAD
                long address = elf.getLong(at + 16);
                writeBytes(address, file, (int) elf.getLong(at + 8), (int) elf.getLong(at + 32));
                if ((elf.getInt(at + 4) & 1) != 0) { // PF_X
                    makeExecutable(address, elf.getLong(at + 40));
                }
            }
        }
        return elf.getLong(24);
    }

    public void makeExecutable(long address, long lengthBytes) {
        executable.set(
                (int) (address >>> PhysMem.PAGE_SHIFT),
                (int) ((address + lengthBytes + 4095) >>> PhysMem.PAGE_SHIFT));
    }

    public void writeBytes(long address, byte[] from, int offset, int lengthBytes) {
        for (int i = 0; i < lengthBytes; i++) {
            RAW.putByte(host(address + i), from[offset + i]);
        }
    }

    public void writeInts(long address, int... words) {
        for (int i = 0; i < words.length; i++) {
            RAW.putInt(host(address + 4L * i), words[i]);
        }
    }

    /** Host address of a guest byte, its page made present. */
    public long host(long address) {
        long page = address >>> PhysMem.PAGE_SHIFT;
        if (table.readDelta(page) == 0 && !mapOnDemand(address)) {
            throw new IllegalArgumentException("no guest memory at 0x" + Long.toHexString(address));
        }
        return address + table.readDelta(page);
    }

    private synchronized boolean mapOnDemand(long address) {
        if (address < LOWEST || address >= HIGHEST) {
            return false;
        }
        long page = address >>> PhysMem.PAGE_SHIFT;
        if (table.readDelta(page) != 0) {
            return true;
        }
        int frame = frameFor(page);
        if (frame == 0) {
            return false;
        }
        table.map(page, memory.address(frame), true);
        return true;
    }

    /** Frames come in blocks that lie side by side as the pages do, so that there are runs. */
    private int frameFor(long page) {
        int[] block =
                frameBlocks.computeIfAbsent(
                        page / BLOCK_PAGES,
                        _ -> IntStream.range(0, BLOCK_PAGES).map(_ -> memory.allocate()).toArray());
        return block[(int) (page % BLOCK_PAGES)];
    }

    @Override
    public boolean pageFault(Hart hart, long address, Access access) {
        return mapOnDemand(address);
    }

    @Override
    public int fetch(Hart hart, long guestPage) {
        if (guestPage < 0 || guestPage > Integer.MAX_VALUE || !executable.get((int) guestPage)) {
            return 0;
        }
        return memory.frameAt(host(guestPage << PhysMem.PAGE_SHIFT));
    }

    @Override
    public void fenceInstruction(Hart hart) {
        if (hart.code != null) {
            hart.code.synchronize();
        }
    }

    @Override
    public long time(Hart hart) {
        return System.nanoTime() / 100;
    }

    @Override
    public boolean ecall(Hart hart) {
        long[] x = hart.x;
        hart.pc += 4;
        switch ((int) x[17]) {
            case SYS_WRITE -> x[10] = write(x[11], x[12]);
            case SYS_EXIT, SYS_EXIT_GROUP -> {
                status = (int) x[10] & 0xff;
                exited = true;
                return false;
            }
            case SYS_CLOCK_GETTIME -> {
                long now = x[10] == CLOCK_THREAD_CPUTIME_ID ? cpuNanos() : System.nanoTime();
                RAW.putLong(host(x[11]), now / 1_000_000_000);
                RAW.putLong(host(x[11] + 8), now % 1_000_000_000);
                x[10] = 0;
            }
            case SYS_BRK -> {
                programBreak = x[10] >= HEAP && x[10] < STACK_TOP ? x[10] : programBreak;
                x[10] = programBreak;
            }
            case SYS_MPROTECT -> x[10] = 0;
            default -> x[10] = ENOSYS;
        }
        return true;
    }

    /**
     * Processor time of the calling thread, in ticks of the host's accounting: for speed checks on
     * a busy machine.
     */
    private static long cpuNanos() {
        try {
            String stat =
                    java.nio.file.Files.readString(
                            java.nio.file.Path.of("/proc/thread-self/schedstat"));
            return Long.parseLong(stat.substring(0, stat.indexOf(' ')));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private synchronized long write(long buffer, long length) {
        for (long i = 0; i < length; i++) {
            output.write(RAW.getByte(host(buffer + i)));
        }
        return length;
    }

    @Override
    public void close() {
        table.close();
        pool.close();
        memory.close();
    }
}
