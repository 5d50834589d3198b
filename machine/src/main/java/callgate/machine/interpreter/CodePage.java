package callgate.machine.interpreter;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.machine.memory.PhysMem;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One executable page as it was when it was first fetched, with the blocks decoded from it. Shared
 * by all address spaces of a machine that have the same frame, with the same bytes, at the same
 * address. Blocks are decoded from the copy kept here, so that a block never mixes old and new
 * bytes, and whether the page still is what it was is a comparison. Thread-safe.
 */
public final class CodePage {
    private static final int SLOTS = PhysMem.PAGE_SIZE / 2;
    private static final VarHandle BLOCK = MethodHandles.arrayElementVarHandle(Block[].class);

    private final long number;
    private final int frame;
    private final byte[] bytes = new byte[PhysMem.PAGE_SIZE];
    private final Block[] blocks = new Block[SLOTS];
    private volatile Map<Long, JumpTargets> jumps = Map.of(); // of most pages, none

    CodePage(long number, int frame, long hostAddress) {
        this.number = number;
        this.frame = frame;
        RAW.copyOut(hostAddress, bytes, 0, bytes.length);
    }

    /** The guest page: address divided by 4096. */
    public long number() {
        return number;
    }

    /** The frame it was fetched from. */
    public int frame() {
        return frame;
    }

    /** The guest address of its first byte. */
    public long address() {
        return number << PhysMem.PAGE_SHIFT;
    }

    /** The 16 bits at the even {@code offset}, 0 to 4094. */
    public int parcel(int offset) {
        return bytes[offset] & 0xff | (bytes[offset + 1] & 0xff) << 8;
    }

    /**
     * True if the page at {@code hostAddress} still has the bytes that were fetched. {@code
     * scratch} holds a page and is overwritten.
     */
    boolean isSameAs(long hostAddress, byte[] scratch) {
        RAW.copyOut(hostAddress, scratch, 0, bytes.length);
        return Arrays.equals(bytes, scratch);
    }

    /**
     * Where the register jump at {@code pc}, in this page, was seen to go; kept up to date from now
     * on.
     */
    public JumpTargets jumpTargets(long pc) {
        JumpTargets known = jumps.get(pc);
        return known != null ? known : newJumpTargets(pc);
    }

    private synchronized JumpTargets newJumpTargets(long pc) {
        if (jumps.isEmpty()) {
            jumps = new ConcurrentHashMap<>();
        }
        return jumps.computeIfAbsent(pc, _ -> new JumpTargets());
    }

    /** The block that begins at {@code offset}, or null if none was decoded. */
    Block block(int offset) {
        return (Block) BLOCK.getAcquire(blocks, offset >>> 1);
    }

    void put(int offset, Block block) {
        BLOCK.setRelease(blocks, offset >>> 1, block);
    }
}
