package callgate.bench.inner;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.gate.Border;
import callgate.machine.hart.Access;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Supervisor;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;

/**
 * One hart with {@link #PAGES} mapped pages from {@link #BASE}, the first of which hold code, and
 * the least supervisor: a system call returns at once, everything else is a fault. Belongs to one
 * thread.
 */
public final class FlatGuest implements Supervisor, AutoCloseable {
    /** Where the code begins. */
    public static final long BASE = 0x10_0000;

    /** Where data begin. */
    public static final long DATA = BASE + 16L * PhysMem.PAGE_SIZE;

    /** How many pages there are; a power of two. */
    public static final int PAGES = 1024;

    private static final int CODE_PAGES = 16;

    private final PhysMem memory = PhysMem.temporary(4L * PAGES * PhysMem.PAGE_SIZE);
    private final PageTable.Pool pool = new PageTable.Pool();
    private final PageTable table = pool.take();
    private final Border border;
    private final Hart hart;
    private boolean stopsAtCalls;

    public FlatGuest(Tier tier, int... code) {
        border = new Border(memory, tier);
        for (int i = 0; i < PAGES; i++) {
            table.map((BASE >>> PhysMem.PAGE_SHIFT) + i, memory.address(memory.allocate()), true);
        }
        hart = new Hart(this);
        hart.table = table.base();
        hart.code = border.newCodeSpace();
        write(BASE, code);
    }

    public Hart hart() {
        return hart;
    }

    /** Puts instructions at an address. */
    public void write(long address, int... code) {
        for (int i = 0; i < code.length; i++) {
            long at = address + 4L * i;
            RAW.putInt(at + table.readDelta(at >>> PhysMem.PAGE_SHIFT), code[i]);
        }
    }

    /** Makes every system call leave the machine, as one does that has to wait. */
    public void stopAtCalls() {
        stopsAtCalls = true;
    }

    /** Runs from an address until something stops it. */
    public Cause run(long pc) {
        hart.pc = pc;
        return border.runUser(hart);
    }

    @Override
    public boolean ecall(Hart caller) {
        caller.pc += 4;
        return !stopsAtCalls;
    }

    @Override
    public boolean pageFault(Hart faulting, long address, Access access) {
        return false;
    }

    @Override
    public int fetch(Hart fetching, long guestPage) {
        long first = BASE >>> PhysMem.PAGE_SHIFT;
        return guestPage >= first && guestPage < first + CODE_PAGES
                ? memory.frameAt((guestPage << PhysMem.PAGE_SHIFT) + table.readDelta(guestPage))
                : 0;
    }

    @Override
    public void fenceInstruction(Hart fencing) {
        fencing.code.synchronize();
    }

    @Override
    public long time(Hart asking) {
        return 0;
    }

    @Override
    public void close() {
        hart.code.close();
        border.close();
        table.close();
        pool.close();
        memory.close();
    }

    // ---- encodings ----

    /** Arithmetic with an immediate, a load, or a jump to an address in a register. */
    public static int immediate(Op op, int rd, int rs1, int imm) {
        return op.match() | rd << 7 | rs1 << 15 | imm << 20;
    }

    public static int register(Op op, int rd, int rs1, int rs2) {
        return op.match() | rd << 7 | rs1 << 15 | rs2 << 20;
    }

    public static int store(Op op, int rs2, int rs1, int imm) {
        return op.match() | rs1 << 15 | rs2 << 20 | (imm & 31) << 7 | imm >> 5 << 25;
    }

    /** A branch by so many bytes. */
    public static int branch(Op op, int rs1, int rs2, int offset) {
        return op.match()
                | rs1 << 15
                | rs2 << 20
                | (offset >> 12 & 1) << 31
                | (offset >> 5 & 63) << 25
                | (offset >> 1 & 15) << 8
                | (offset >> 11 & 1) << 7;
    }

    /** A jump by so many bytes that leaves the return address in {@code rd}. */
    public static int jump(int rd, int offset) {
        return Op.JAL.match()
                | rd << 7
                | (offset >> 20 & 1) << 31
                | (offset >> 1 & 0x3ff) << 21
                | (offset >> 11 & 1) << 20
                | (offset >> 12 & 0xff) << 12;
    }
}
