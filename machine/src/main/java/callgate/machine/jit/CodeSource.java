package callgate.machine.jit;

import callgate.machine.interpreter.Block;
import callgate.machine.interpreter.CodePage;
import callgate.machine.interpreter.GuestCode;
import callgate.machine.isa.Decoder;
import callgate.machine.isa.Instruction;
import callgate.machine.memory.PhysMem;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads instructions of an address space, from pages that were fetched before, and notes which
 * pages those are.
 */
final class CodeSource {
    private static final long[] NO_TARGETS = {};

    private final GuestCode space;
    private final Meanings meanings;
    private final Scope scope;
    private final Map<Long, Step> steps = new HashMap<>();
    private final Set<CodePage> pages = new LinkedHashSet<>();

    /** What a unit may consist of. */
    enum Scope {
        /** All code that can be reached. */
        REACHABLE,
        /** Code that has run before: error paths mostly never do. */
        HAS_RUN
    }

    CodeSource(GuestCode space, Meanings meanings, Scope scope) {
        this.scope = scope;
        this.space = space;
        this.meanings = meanings;
    }

    /**
     * The instruction at {@code pc}; null if it (or a half of it) lies in a page that was not
     * fetched.
     */
    Step step(long pc) {
        Step known = steps.get(pc);
        if (known == null) {
            known = decode(pc);
            steps.put(pc, known);
        }
        return known;
    }

    private Step decode(long pc) {
        CodePage page = page(pc);
        if (page == null) {
            return null;
        }
        int bits = page.parcel(offset(pc));
        if (Decoder.length(bits) == 4) {
            CodePage tail = page(pc + 2);
            if (tail == null) {
                return null;
            }
            bits |= tail.parcel(offset(pc + 2)) << 16;
        }
        Instruction instruction = Decoder.decode(bits);
        return new Step(pc, instruction, meanings.of(instruction.op()));
    }

    /** True if the code at {@code pc} has run, or may be taken to run. */
    boolean isWorthIt(long pc) {
        return scope == Scope.REACHABLE || space.wasEntered(pc);
    }

    /**
     * How many rounds the loop that is entered at {@code entry} makes each time: estimated from how
     * often it was left to {@code exits}. Counted are runs of code from one of {@code starts} on;
     * rounds after the first may all begin at another than the entry.
     */
    int rounds(long entry, Collection<Long> starts, Collection<Long> exits) {
        Block block = space.knownBlock(entry);
        if (scope == Scope.REACHABLE || block == null) {
            return Integer.MAX_VALUE; // nothing is counted
        }
        return block.rounds(
                () -> {
                    long runs = exits.stream().mapToLong(space::entries).sum();
                    long rounds = starts.stream().mapToLong(space::entries).max().orElse(0);
                    return (int) Math.max(1, rounds / Math.max(1, runs));
                });
    }

    /** Where the register jump at {@code pc} mostly goes, as far as it was seen. */
    long[] jumpTargets(long pc) {
        CodePage page = page(pc);
        return page == null ? NO_TARGETS : page.jumpTargets(pc).frequent(space::entries);
    }

    /** The pages that instructions came from so far. */
    List<CodePage> pages() {
        return List.copyOf(pages);
    }

    /** The page that {@code pc} lies in; null if it was not fetched. */
    CodePage page(long pc) {
        CodePage page = (pc & 1) == 0 ? space.known(pc >>> PhysMem.PAGE_SHIFT) : null;
        if (page != null) {
            pages.add(page);
        }
        return page;
    }

    private static int offset(long pc) {
        return (int) pc & (PhysMem.PAGE_SIZE - 1);
    }
}
