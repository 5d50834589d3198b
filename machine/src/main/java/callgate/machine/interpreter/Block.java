package callgate.machine.interpreter;

import callgate.machine.hart.Hart;
import callgate.machine.isa.Decoder;
import callgate.machine.isa.Instruction;
import callgate.machine.memory.PhysMem;
import java.util.function.IntSupplier;

/**
 * Instructions that run one after the other: up to the first that may transfer control or change
 * code, the end of the page, or {@link #LIMIT}. Immutable but for its links, hotness and
 * translation, which are hints that may be lost in races between harts. Thread-safe.
 */
public final class Block {
    /** Most instructions in a block. */
    public static final int LIMIT = 64;

    /** Stands where no block is known; at no address. */
    static final Block NONE = new Block(null, null, -1, -1, -1, new long[0], 0);

    /** The registers that hold return addresses: ra, and t0 as an alternative. */
    private static final int RETURN_ADDRESS = 1;

    private static final int OTHER_RETURN_ADDRESS = 5;

    private final CodePage page;
    private final CodePage tail;
    final long pc;

    /** Where the next instruction stands, for the interpreter's JAL. */
    final long end;

    /**
     * As {@link #end}, for its JALR: the JVM's compiler would load a field that two instructions
     * use before each instruction.
     */
    final long after;

    /** The instructions as the interpreter runs them; see {@link Words}. */
    final long[] words;

    /** How many instructions there are. */
    final int count;

    /** Where control goes if the last instruction is a jump or a branch that is taken. */
    Link taken;

    /** Where control goes else. */
    Link next;

    /** Entries left until the engine is to look at the block. */
    int heat;

    /** Rounds a run of the loop that begins here, as far as counted; 0 if not counted yet. */
    private int rounds;

    /** Entries before {@link #heat} was last set anew. */
    private int earlierEntries;

    /** True if a unit that is entered elsewhere got this code, and nothing was asked for since. */
    private boolean isCovered;

    private volatile Translation translation;

    Block(CodePage page, CodePage tail, long pc, long end, long taken, long[] words, int count) {
        this.page = page;
        this.tail = tail;
        this.pc = pc;
        this.end = end;
        after = end;
        this.words = words;
        this.count = count;
        this.taken = Link.open(taken);
        next = Link.open(end);
    }

    /** The guest address of the first instruction. */
    public long pc() {
        return pc;
    }

    /** The guest address behind the last instruction. */
    public long end() {
        return end;
    }

    /** How many instructions there are, at least 1. */
    public int count() {
        return count;
    }

    /** The page it begins in. */
    public CodePage page() {
        return page;
    }

    /** The following page, if its only instruction straddles into it; else null. */
    public CodePage tail() {
        return tail;
    }

    /** The instructions, decoded again. */
    public Instruction[] instructions() {
        Instruction[] instructions = new Instruction[count];
        int offset = offset(pc);
        for (int i = 0; i < count; i++) {
            instructions[i] = Decoder.decode(bits(page, offset, tail));
            offset += instructions[i].length();
        }
        return instructions;
    }

    /** The guest address of the instruction of that index. */
    public long pc(int index) {
        int offset = offset(pc);
        for (int i = 0; i < index; i++) {
            offset += Decoder.length(page.parcel(offset));
        }
        return page.address() + offset;
    }

    /** Replaces an exit, unless another hart was first. */
    void link(Link old, Link link) {
        if (taken == old) {
            taken = link;
        } else if (next == old) {
            next = link;
        }
    }

    /**
     * How many rounds a loop mostly makes that begins here. It is counted once: later, what is
     * translated already is not counted any more.
     *
     * @param count counts the rounds of a run, at least 1
     */
    public int rounds(IntSupplier count) {
        if (rounds == 0) {
            rounds = count.getAsInt();
        }
        return rounds;
    }

    /** What it was translated to, or null. */
    public Translation translation() {
        return translation;
    }

    /**
     * Makes harts run {@code code} from their next entry on. The block must begin at the entry of
     * {@code code}.
     */
    public void install(Translation code) {
        translation = code;
        heat = 0;
    }

    /**
     * A unit that is entered elsewhere has this code now: that it was hot until then does not mean
     * that it needs a unit of its own, so its entries are counted anew.
     *
     * @param fullHeat what {@link #heat} was at first
     */
    void cover(int fullHeat) {
        if (translation == null) {
            earlierEntries = entries(fullHeat);
            isCovered = true;
            heat = fullHeat;
        }
    }

    /**
     * The engine has looked at it, and wants to again after so many entries.
     *
     * @param fullHeat what {@link #heat} was at first
     */
    void reheat(int more, int fullHeat) {
        earlierEntries = entries(fullHeat) - (fullHeat - more);
        heat = more;
    }

    /**
     * False, once, if another unit got this code after the translation that is about to be made was
     * asked for.
     */
    public boolean stillNeedsUnit() {
        boolean wasCovered = isCovered;
        isCovered = false;
        return !wasCovered;
    }

    /**
     * Notes where the register jump at its end goes, unless that is a call or a return.
     *
     * @param link where the jump puts the address behind it
     * @param base the register with the address
     */
    void sawJump(int link, int base, long target) {
        if (link == Hart.SINK && base != RETURN_ADDRESS && base != OTHER_RETURN_ADDRESS) {
            page.jumpTargets(pc(count - 1)).see(target);
        }
    }

    /** How often it was interpreted until it was translated: an estimate. */
    int entries(int fullHeat) {
        return earlierEntries + Math.max(0, fullHeat - heat);
    }

    /** Takes the translation away; harts inside it stay until it returns. */
    public void uninstall() {
        translation = null;
    }

    /**
     * What the interpreter adds to {@link Hart#retired} too early if the instruction of that index
     * faults.
     */
    int notRetired(int index) {
        return count - index;
    }

    private static int offset(long pc) {
        return (int) pc & (PhysMem.PAGE_SIZE - 1);
    }

    /** The encoding at {@code offset}; only its first half if the second is in a page not given. */
    static int bits(CodePage page, int offset, CodePage tail) {
        int first = page.parcel(offset);
        if (Decoder.length(first) == 2) {
            return first;
        }
        if (offset + 2 < PhysMem.PAGE_SIZE) {
            return first | page.parcel(offset + 2) << 16;
        }
        return tail == null ? first : first | tail.parcel(0) << 16;
    }
}
