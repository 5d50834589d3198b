package callgate.machine.interpreter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One state of an address space's code: a new one begins whenever known code goes away. Compared by
 * identity. Thread-safe.
 */
final class Epoch {
    private static final int JUMP_SLOTS = 2048;
    private static final VarHandle JUMP = MethodHandles.arrayElementVarHandle(Block[].class);

    /** Of what is right in every state. */
    static final Epoch ALWAYS = new Epoch(null);

    /** The address space whose state this is. */
    final GuestCode space;

    /** Regions of translated code that were found to be valid in this state, and not to be. */
    final Set<CodeRegion> valid = ConcurrentHashMap.newKeySet();

    final Set<CodeRegion> refused = ConcurrentHashMap.newKeySet();

    /**
     * Blocks that register jumps went to, by the lower bits of their address; each is the block at
     * its address for as long as this state lasts. {@link Block#NONE} where none is known.
     */
    final Block[] jumps = new Block[JUMP_SLOTS];

    /** True when another state has begun, or the address space has ended. */
    volatile boolean isOver;

    Epoch(GuestCode space) {
        this.space = space;
        Arrays.fill(jumps, Block.NONE);
    }

    /** Ends this state. Regions of code live longer, and are not to keep it. */
    void end() {
        isOver = true;
        valid.forEach(region -> region.left(this));
    }

    /** The block at {@code pc} if {@link #jumps} has it; else null. */
    Block jump(long pc) {
        Block block = (Block) JUMP.getAcquire(jumps, slot(pc));
        return block.pc == pc ? block : null;
    }

    /** Lets jumps to {@code block} find it in {@link #jumps}. */
    void remember(Block block) {
        // release: who reads the slot reads the block's fields only through it
        JUMP.setRelease(jumps, slot(block.pc), block);
    }

    private static int slot(long pc) {
        return (int) (pc >>> 1) & JUMP_SLOTS - 1;
    }
}
