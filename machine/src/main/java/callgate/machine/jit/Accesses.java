package callgate.machine.jit;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.machine.hart.Hart;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;

/**
 * Loads and stores of translated code: as those of {@link Hart}, with the page table's base in a
 * local, and with the address of the instruction, which the slow path puts into the hart before it
 * can fault.
 */
public final class Accesses {
    private static final long RANGE = -PageTable.ADDRESS_LIMIT;

    private Accesses() {}

    public static byte load8(Hart hart, long address, long table, long pc) {
        if ((address & RANGE) == 0) {
            long delta = readDelta(table, address);
            if (delta != 0) {
                return RAW.getByte(address + delta);
            }
        }
        return (byte) slowLoad(hart, address, 1, pc);
    }

    public static short load16(Hart hart, long address, long table, long pc) {
        if ((address & (RANGE | 1)) == 0) {
            long delta = readDelta(table, address);
            if (delta != 0) {
                return RAW.getShort(address + delta);
            }
        }
        return (short) slowLoad(hart, address, 2, pc);
    }

    public static int load32(Hart hart, long address, long table, long pc) {
        if ((address & (RANGE | 3)) == 0) {
            long delta = readDelta(table, address);
            if (delta != 0) {
                return RAW.getInt(address + delta);
            }
        }
        return (int) slowLoad(hart, address, 4, pc);
    }

    public static long load64(Hart hart, long address, long table, long pc) {
        if ((address & (RANGE | 7)) == 0) {
            long delta = readDelta(table, address);
            if (delta != 0) {
                return RAW.getLong(address + delta);
            }
        }
        return slowLoad(hart, address, 8, pc);
    }

    public static void store8(Hart hart, long address, byte value, long table, long pc) {
        if ((address & RANGE) == 0) {
            long delta = writeDelta(table, address);
            if (delta != 0) {
                RAW.putByte(address + delta, value);
                return;
            }
        }
        slowStore(hart, address, value, 1, pc);
    }

    public static void store16(Hart hart, long address, short value, long table, long pc) {
        if ((address & (RANGE | 1)) == 0) {
            long delta = writeDelta(table, address);
            if (delta != 0) {
                RAW.putShort(address + delta, value);
                return;
            }
        }
        slowStore(hart, address, value, 2, pc);
    }

    public static void store32(Hart hart, long address, int value, long table, long pc) {
        if ((address & (RANGE | 3)) == 0) {
            long delta = writeDelta(table, address);
            if (delta != 0) {
                RAW.putInt(address + delta, value);
                return;
            }
        }
        slowStore(hart, address, value, 4, pc);
    }

    public static void store64(Hart hart, long address, long value, long table, long pc) {
        if ((address & (RANGE | 7)) == 0) {
            long delta = writeDelta(table, address);
            if (delta != 0) {
                RAW.putLong(address + delta, value);
                return;
            }
        }
        slowStore(hart, address, value, 8, pc);
    }

    private static long readDelta(long table, long address) {
        return RAW.getLong(table + (address >>> PhysMem.PAGE_SHIFT << PageTable.ENTRY_SHIFT))
                & PageTable.DELTA_MASK;
    }

    private static long writeDelta(long table, long address) {
        return readDelta(table + PageTable.WRITE_DELTA, address);
    }

    private static long slowLoad(Hart hart, long address, int width, long pc) {
        hart.pc = pc;
        return hart.slowLoad(address, width);
    }

    private static void slowStore(Hart hart, long address, long value, int width, long pc) {
        hart.pc = pc;
        hart.slowStore(address, value, width);
    }
}
