package callgate.kernel.mm;

import callgate.machine.hart.Access;
import callgate.machine.hart.CodeSpace;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;

/**
 * The memory of one process (or of several after CLONE_VM): regions, and the page table that harts use. Thread-safe.
 *
 * <p>Lengths are in bytes; addresses are guest addresses; results follow system calls: an address or 0, or a negative errno.
 */
public final class AddressSpace {
    private final FramePool frames;
    private final PageTable table;
    private final CodeSpace code;
    private final UserMemory userMemory = new UserMemory(this);

    /** An empty address space. */
    public AddressSpace(FramePool frames, PageTable table, CodeSpace code) {
        this.frames = frames;
        this.table = table;
        this.code = code;
    }

    public PhysMem memory() {
        return frames.memory();
    }

    public PageTable table() {
        return table;
    }

    public CodeSpace code() {
        return code;
    }

    public UserMemory user() {
        return userMemory;
    }

    /** Pages of a file are gone: whatever maps them is unmapped, so that the next access asks the source. Any thread. */
    void sourceDiscarded(PageSource source, long firstIndex, long count) {}

    /** Maps the page of {@code address} for an access, if the regions allow it; false if it is a fault. */
    public boolean fault(long address, Access access) {
        return false;
    }
}
