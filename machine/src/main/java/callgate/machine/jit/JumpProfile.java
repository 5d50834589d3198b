package callgate.machine.jit;

import callgate.machine.interpreter.CodePage;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;

/** The targets seen by register jumps, as long as their code is known. Thread-safe. */
final class JumpProfile {
    private static final long[] NONE = {};

    private final Map<CodePage, Map<Long, JumpTargets>> pages = new WeakHashMap<>();

    /** What is known of the jump at {@code pc} in {@code page}; kept up to date from now on. */
    synchronized JumpTargets at(CodePage page, long pc) {
        return pages.computeIfAbsent(page, _ -> new HashMap<>())
                .computeIfAbsent(pc, _ -> new JumpTargets());
    }

    /** The targets that a switch for the jump at {@code pc} should have. */
    synchronized long[] frequentTargets(CodePage page, long pc) {
        JumpTargets targets = pages.getOrDefault(page, Map.of()).get(pc);
        return targets == null ? NONE : targets.frequent();
    }
}
