package callgate.machine.jit;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The code that stores registers back and returns, or does what else comes last, shared by all
 * exits of a unit: one label per set of registers, entered with a guest address, the unit's result,
 * on the stack. A set stores what it has more than its largest subset, and goes on there.
 */
final class SpillForest {
    /** Emits the store of one set of registers. */
    interface Spiller {
        void spill(CodeBuilder code, long registers);
    }

    private final Map<Long, Label> labels = new HashMap<>();
    private final Map<Long, Label> faultLabels = new HashMap<>();

    /**
     * Where to jump, with the unit's result on the stack, to store {@code registers} and return.
     */
    Label exit(CodeBuilder code, long registers) {
        return labels.computeIfAbsent(registers, _ -> code.newLabel());
    }

    /** The handler of guest faults where {@code registers} are dirty. */
    Label faultHandler(CodeBuilder code, long registers) {
        exit(code, registers);
        return faultLabels.computeIfAbsent(registers, _ -> code.newLabel());
    }

    /** Emits everything that was asked for; the last part of a unit's code. */
    void emit(CodeBuilder code, long exitResult, Spiller spiller, Runnable last) {
        faultLabels.forEach(
                (registers, label) -> {
                    code.labelBinding(label)
                            .pop()
                            .loadConstant(exitResult)
                            .goto_(exit(code, registers));
                });
        if (labels.isEmpty()) {
            return;
        }
        exit(code, 0);
        List<Long> sets = new ArrayList<>(labels.keySet());
        sets.sort(Comparator.comparingInt((Long set) -> Long.bitCount(set)).reversed());
        for (int i = 0; i < sets.size(); i++) {
            long set = sets.get(i);
            code.labelBinding(labels.get(set));
            if (set == 0) {
                last.run();
                continue;
            }
            long parent = largestSubset(sets, i);
            spiller.spill(code, set & ~parent);
            if (sets.get(i + 1) != parent) {
                code.goto_(labels.get(parent));
            }
        }
    }

    private static long largestSubset(List<Long> sets, int of) {
        for (int i = of + 1; i < sets.size(); i++) {
            if ((sets.get(i) & ~sets.get(of)) == 0) {
                return sets.get(i);
            }
        }
        throw new AssertionError("the empty set is a subset of all");
    }
}
