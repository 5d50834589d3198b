package callgate.machine.interpreter;

import java.util.Arrays;
import java.util.function.LongToIntFunction;
import java.util.stream.IntStream;

/**
 * Where the register jump at one guest address was seen to go: by the interpreter, and by units
 * that have no case for it. Thread-safe: races lose targets and counts, nothing else.
 */
public final class JumpTargets {
    /** Most targets that are told apart. */
    private static final int TARGET_LIMIT = 64;

    /** Most targets that a unit's switch is made of. */
    private static final int SWITCH_LIMIT = 16;

    /** A target is worth a case if one in so many jumps goes there. */
    private static final int RARE = 64;

    private record Seen(long[] targets, int[] counts) {}

    private volatile Seen seen = new Seen(new long[0], new int[0]);

    /** Counts a jump to {@code target} that a unit had no case for. */
    public void count(long target) {
        see(target, 1);
    }

    /** Notes that there are jumps to {@code target}. */
    void see(long target) {
        see(target, 0);
    }

    private void see(long target, int times) {
        Seen now = seen;
        for (int i = 0; i < now.targets.length; i++) {
            if (now.targets[i] == target) {
                now.counts[i] += times;
                return;
            }
        }
        int length = now.targets.length;
        if (length < TARGET_LIMIT) {
            long[] targets = Arrays.copyOf(now.targets, length + 1);
            int[] counts = Arrays.copyOf(now.counts, length + 1);
            targets[length] = target;
            counts[length] = times;
            seen = new Seen(targets, counts);
        }
    }

    /**
     * The targets that are worth a test in translated code, the most frequent first.
     *
     * @param entries how often the interpreter entered the code at an address
     */
    public long[] frequent(LongToIntFunction entries) {
        Seen now = seen;
        long[] weights = new long[now.targets.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (long) now.counts[i] + entries.applyAsInt(now.targets[i]);
        }
        long total = Arrays.stream(weights).sum();
        return IntStream.range(0, weights.length)
                .filter(i -> weights[i] > 0 && weights[i] * RARE >= total)
                .boxed()
                .sorted((a, b) -> Long.compare(weights[b], weights[a]))
                .limit(SWITCH_LIMIT)
                .mapToLong(i -> now.targets[i])
                .toArray();
    }
}
