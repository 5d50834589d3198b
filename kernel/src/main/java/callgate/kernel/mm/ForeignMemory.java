package callgate.kernel.mm;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.machine.hart.Access;
import callgate.machine.memory.PhysMem;
import java.util.Arrays;

/**
 * The memory of an address space as tasks of other spaces reach it: process_vm_readv,
 * /proc/PID/cmdline. Each access is made with the space locked, so that nothing is taken away
 * meanwhile, and sees what the space's own tasks would. Thread-safe.
 */
public final class ForeignMemory {
    /** Uses a host address, valid to the end of its page for as long as the call lasts. */
    private interface Use {
        void at(long hostAddress, int offset, int lengthBytes);
    }

    private final AddressSpace space;

    ForeignMemory(AddressSpace space) {
        this.space = space;
    }

    /** Reads as far as the space's own tasks could; the result is shorter where they could not. */
    public byte[] read(long address, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        int done =
                forEachPage(
                        address,
                        lengthBytes,
                        Access.LOAD,
                        (host, offset, count) -> RAW.copyOut(host, bytes, offset, count));
        return done == lengthBytes ? bytes : Arrays.copyOf(bytes, done);
    }

    /**
     * Writes the first bytes of an array as far as the space's own tasks could; returns how many.
     */
    public int write(long address, byte[] bytes, int lengthBytes) {
        return forEachPage(
                address,
                lengthBytes,
                Access.STORE,
                (host, offset, count) -> RAW.copyIn(bytes, offset, host, count));
    }

    private int forEachPage(long address, int lengthBytes, Access access, Use use) {
        int done = 0;
        while (done < lengthBytes) {
            long at = address + done;
            int count =
                    Math.min(
                            lengthBytes - done,
                            PhysMem.PAGE_SIZE - (int) (at & PhysMem.PAGE_SIZE - 1));
            if (!onPage(at, access, done, count, use)) {
                break;
            }
            done += count;
        }
        return done;
    }

    private boolean onPage(long address, Access access, int offset, int count, Use use) {
        long page = address >>> AddressSpace.PAGE_SHIFT;
        space.lock.lock();
        try {
            boolean reachable =
                    !space.hasEnded()
                            && address >= 0
                            && page < AddressSpace.END_PAGE
                            && space.faults().resolve(page, access) == Fault.RESOLVED;
            if (reachable) {
                int frame = space.pages.get(page) & PageMap.FRAME;
                use.at(
                        space.memory.address(frame) + (address & PhysMem.PAGE_SIZE - 1),
                        offset,
                        count);
            }
            return reachable;
        } finally {
            space.unlockForeign();
        }
    }
}
