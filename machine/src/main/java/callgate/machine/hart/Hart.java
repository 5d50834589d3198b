package callgate.machine.hart;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A RISC-V hardware thread: the registers that a guest task has while it runs, and its way to
 * memory.
 *
 * <p>Integer registers are {@link #x}: {@code x[0]} is always 0, and {@code x[32]} is where writes
 * to register 0 go; the rest makes the length a power of two. Floating-point registers are {@link
 * #f}, raw 64-bit patterns; single precision values are NaN-boxed. Translated code keeps registers
 * in JVM locals between entry and exit.
 */
public final class Hart {
    public static final int SINK = 32;

    /** {@link #pending} bit: leave guest code at the next poll. */
    public static final int INTERRUPTED = 1;

    /**
     * {@link #pending} bit: code of the address space went away; return to the machine's engine,
     * which looks up again and goes on.
     */
    public static final int CODE_CHANGED = 2;

    private static final VarHandle PENDING;

    static {
        try {
            PENDING = MethodHandles.lookup().findVarHandle(Hart.class, "pending", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    public final long[] x = new long[64];
    public final long[] f = new long[32];
    public long pc;

    /** Accrued floating-point exceptions: NV 16, DZ 8, OF 4, UF 2, NX 1. */
    public int fflags;

    /**
     * Dynamic rounding mode, 0 to 7 (5 to 7 are invalid and make dynamic-rounding instructions
     * illegal).
     */
    public int frm;

    /**
     * Where translated code keeps results of many rounds of a loop until they are known to be
     * right; null until it is needed. Holds nothing between units.
     */
    public double[] strip;

    /** Host address of the page table; see {@link PageTable}. */
    public long table;

    /**
     * Not zero asks the hart to leave guest code; polled at back-edges and on entry to blocks. Set
     * by {@link #interrupt}; taken back by the machine when it has stopped with {@link
     * Cause#INTERRUPT}, so that nobody else needs to write it.
     */
    public volatile int pending;

    /** Of the last trap: its reason, and the address or encoding that belongs to it. */
    public Cause cause = Cause.INTERRUPT;

    public long tval;

    /** Decoded and translated code of the address space this hart runs in. */
    public CodeSpace code;

    /**
     * Instructions retired, as far as counted: interpreted ones exactly, translated ones by block.
     */
    public long retired;

    // LR/SC: the reservation is the address and the value seen; SC compares and sets. No
    // reservation: address -1.
    private long reservedAddress = -1;
    private long reservedValue;

    /**
     * Whether other harts use this hart's page table too; set by the owner of the table, see {@link
     * #enter}.
     */
    private boolean shared;

    /**
     * Odd while the hart may hold host addresses of guest memory; see {@link #enter}. Only
     * meaningful while {@link #shared}.
     */
    private volatile long epoch;

    /**
     * What to ask; each call of it leaves the guarded section and enters it again, so no host
     * address may be kept across one.
     */
    public final Supervisor supervisor;

    public Hart(Supervisor supervisor) {
        this.supervisor = new OutsideSupervisor(supervisor);
    }

    // ---- taking memory away from running harts ----
    //
    // A hart that runs guest code uses a delta of the page table for an access in flight. Who takes
    // a page away first changes the
    // table, then waits until every hart of it that was inside (odd epoch) has been outside (its
    // epoch changed): later accesses read the
    // table anew. enter() is a store, a full fence, and only then come loads of the table; the
    // other side changes the table, has a
    // full fence, and only then reads the epoch; so either the hart sees the change or the other
    // sees the hart inside. Harts
    // are asked to hurry by interrupt(). A hart whose table nobody else uses skips all this; then
    // only its own thread may take
    // pages away and use their frames again.

    private static final VarHandle EPOCH;

    static {
        try {
            EPOCH = MethodHandles.lookup().findVarHandle(Hart.class, "epoch", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Begins the use of guest memory through the table; own thread only. Nothing happens if it has
     * begun.
     */
    public void enter() {
        if (shared && (epoch & 1) == 0) {
            epoch = epoch + 1; // volatile: a full fence stands between this and the loads that
            // follow
        }
    }

    /**
     * Ends the use of guest memory: no delta or host address read before is used after; own thread
     * only.
     */
    public void leave() {
        if (shared && (epoch & 1) != 0) {
            EPOCH.setRelease(this, (long) EPOCH.getOpaque(this) + 1);
        }
    }

    /**
     * The table becomes shared with other harts, or not shared any more. On the hart's own thread,
     * outside, or before it runs.
     */
    public void setShared(boolean isShared) {
        if (isShared && !shared) {
            epoch = epoch + 1 & -2L; // outside
        }
        shared = isShared;
    }

    public boolean isShared() {
        return shared;
    }

    /**
     * Odd if the hart may hold host addresses of guest memory now; changes when it leaves. Any
     * thread.
     */
    public long epoch() {
        return epoch;
    }

    /**
     * Makes the hart stop with {@link Cause#INTERRUPT} soon; if it is not running, at once when it
     * next does. Any thread.
     */
    public void interrupt() {
        PENDING.getAndBitwiseOr(this, INTERRUPTED);
    }

    /**
     * Makes the hart look up its code again soon. Any thread; for implementations of {@link
     * CodeSpace}.
     */
    public void codeChanged() {
        PENDING.getAndBitwiseOr(this, CODE_CHANGED);
    }

    /**
     * Takes back what was asked, and returns it as bits of {@link #pending}. For the machine's
     * engine, on the hart's thread.
     */
    public int takePending() {
        return (int) PENDING.getAndSet(this, 0);
    }

    /**
     * Copies the program-visible registers of {@code other}: for fork and clone. The reservation is
     * not copied.
     */
    public void copyRegisters(Hart other) {
        System.arraycopy(other.x, 0, x, 0, x.length);
        System.arraycopy(other.f, 0, f, 0, f.length);
        pc = other.pc;
        fflags = other.fflags;
        frm = other.frm;
    }

    // ---- loads and stores: the fast path stands here, the slow path below; misaligned ones work
    // everywhere ----

    private static final long RANGE = -PageTable.ADDRESS_LIMIT;

    public byte load8(long address) {
        long delta = (address & RANGE) == 0 ? readDelta(address) : 0;
        return delta != 0 ? RAW.getByte(address + delta) : RAW.getByte(slowRead(address));
    }

    public short load16(long address) {
        long delta = (address & (RANGE | 1)) == 0 ? readDelta(address) : 0;
        return delta != 0 ? RAW.getShort(address + delta) : (short) slowLoad(address, 2);
    }

    public int load32(long address) {
        long delta = (address & (RANGE | 3)) == 0 ? readDelta(address) : 0;
        return delta != 0 ? RAW.getInt(address + delta) : (int) slowLoad(address, 4);
    }

    public long load64(long address) {
        long delta = (address & (RANGE | 7)) == 0 ? readDelta(address) : 0;
        return delta != 0 ? RAW.getLong(address + delta) : slowLoad(address, 8);
    }

    public void store8(long address, byte value) {
        long delta = (address & RANGE) == 0 ? writeDelta(address) : 0;
        RAW.putByte(delta != 0 ? address + delta : slowWrite(address), value);
    }

    public void store16(long address, short value) {
        long delta = (address & (RANGE | 1)) == 0 ? writeDelta(address) : 0;
        if (delta != 0) {
            RAW.putShort(address + delta, value);
        } else {
            slowStore(address, value, 2);
        }
    }

    public void store32(long address, int value) {
        long delta = (address & (RANGE | 3)) == 0 ? writeDelta(address) : 0;
        if (delta != 0) {
            RAW.putInt(address + delta, value);
        } else {
            slowStore(address, value, 4);
        }
    }

    public void store64(long address, long value) {
        long delta = (address & (RANGE | 7)) == 0 ? writeDelta(address) : 0;
        if (delta != 0) {
            RAW.putLong(address + delta, value);
        } else {
            slowStore(address, value, 8);
        }
    }

    /**
     * Host address of an aligned word of {@code width} bytes for an atomic read-modify-write;
     * faults as a store does.
     */
    public long atomicAddress(long address, int width) {
        if ((address & (width - 1)) != 0) {
            throw fault(Cause.ATOMIC_MISALIGNED, address);
        }
        return slowWrite(address);
    }

    // ---- LR and SC ----

    public int loadReserved32(long address) {
        int value = RAW.getIntOrdered(reservable(address, 4));
        reservedAddress = address;
        reservedValue = value;
        return value;
    }

    public long loadReserved64(long address) {
        long value = RAW.getLongOrdered(reservable(address, 8));
        reservedAddress = address;
        reservedValue = value;
        return value;
    }

    /** 0 if the value was stored, 1 if the reservation was lost. */
    public int storeConditional32(long address, int value) {
        long host = atomicAddress(address, 4);
        boolean held = reservedAddress == address;
        reservedAddress = -1;
        return held && RAW.compareAndSetInt(host, (int) reservedValue, value) ? 0 : 1;
    }

    /** As {@link #storeConditional32}. */
    public int storeConditional64(long address, long value) {
        long host = atomicAddress(address, 8);
        boolean held = reservedAddress == address;
        reservedAddress = -1;
        return held && RAW.compareAndSetLong(host, reservedValue, value) ? 0 : 1;
    }

    /** Forgets the reservation, as every trap and context switch does. */
    public void clearReservation() {
        reservedAddress = -1;
    }

    private long reservable(long address, int width) {
        if ((address & (width - 1)) != 0) {
            throw fault(Cause.ATOMIC_MISALIGNED, address);
        }
        return slowRead(address);
    }

    // ---- slow paths ----

    private long readDelta(long address) {
        return RAW.getLong(entry(address)) & PageTable.DELTA_MASK;
    }

    private long writeDelta(long address) {
        return RAW.getLong(entry(address) + PageTable.WRITE_DELTA) & PageTable.DELTA_MASK;
    }

    private long entry(long address) {
        return table + (address >>> PhysMem.PAGE_SHIFT << PageTable.ENTRY_SHIFT);
    }

    /**
     * Host address for a load inside one page, asking the supervisor if the table does not know.
     */
    public long slowRead(long address) {
        while ((address & RANGE) == 0) {
            long delta = readDelta(address);
            if (delta != 0) {
                return address + delta;
            }
            if (!supervisor.pageFault(this, address, Access.LOAD)) {
                break;
            }
        }
        throw fault(Cause.LOAD_FAULT, address);
    }

    /** Host address for a store inside one page. */
    public long slowWrite(long address) {
        while ((address & RANGE) == 0) {
            long delta = writeDelta(address);
            if (delta != 0) {
                return address + delta;
            }
            if (!supervisor.pageFault(this, address, Access.STORE)) {
                break;
            }
        }
        throw fault(Cause.STORE_FAULT, address);
    }

    /**
     * A load that the fast path could not do: misaligned, not mapped, or out of range.
     * Zero-extended.
     */
    public long slowLoad(long address, int width) {
        if ((address & (PhysMem.PAGE_SIZE - 1)) <= PhysMem.PAGE_SIZE - width) {
            long host = slowRead(address);
            return switch (width) {
                case 1 -> RAW.getByte(host) & 0xffL;
                case 2 -> RAW.getShort(host) & 0xffffL;
                case 4 -> RAW.getInt(host) & 0xffffffffL;
                default -> RAW.getLong(host);
            };
        }
        long value = 0;
        for (int i = 0; i < width; i++) {
            value |= (RAW.getByte(slowRead(address + i)) & 0xffL) << (8 * i);
        }
        return value;
    }

    /**
     * A store that the fast path could not do. Both pages are checked before the first byte is
     * written.
     */
    public void slowStore(long address, long value, int width) {
        long host = slowWrite(address);
        if ((address & (PhysMem.PAGE_SIZE - 1)) <= PhysMem.PAGE_SIZE - width) {
            switch (width) {
                case 1 -> RAW.putByte(host, (byte) value);
                case 2 -> RAW.putShort(host, (short) value);
                case 4 -> RAW.putInt(host, (int) value);
                default -> RAW.putLong(host, value);
            }
            return;
        }
        slowWrite(address + width - 1);
        for (int i = 0; i < width; i++) {
            RAW.putByte(slowWrite(address + i), (byte) (value >>> (8 * i)));
        }
    }

    /**
     * Records a trap; the caller throws the result. {@code pc} must be set by whoever catches it.
     */
    public GuestFault fault(Cause cause, long tval) {
        this.cause = cause;
        this.tval = tval;
        return GuestFault.INSTANCE;
    }
}
