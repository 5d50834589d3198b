package callgate.machine.jit;

import java.util.Arrays;

/**
 * Where the register jump at one guest address was seen to go, shared by all units that contain it.
 * Thread-safe: races lose counts, nothing else.
 */
final class JumpTargets {
    /** Most targets that are told apart. */
    private static final int TARGET_LIMIT = 64;

    /** Most targets that a unit's switch is made of. */
    private static final int SWITCH_LIMIT = 16;

    /** A target is worth a case if one in so many jumps goes there. */
    private static final int RARE = 64;

    private record Seen(long[] targets, int[] counts) {}

    private volatile Seen seen = new Seen(new long[0], new int[0]);

    /** Counts a jump to {@code target}. */
    void count(long target) {
        Seen now = seen;
        for (int i = 0; i < now.targets.length; i++) {
            if (now.targets[i] == target) {
                now.counts[i]++;
                return;
            }
        }
        int length = now.targets.length;
        if (length < TARGET_LIMIT) {
            long[] targets = Arrays.copyOf(now.targets, length + 1);
            int[] counts = Arrays.copyOf(now.counts, length + 1);
            targets[length] = target;
            counts[length] = 1;
            seen = new Seen(targets, counts);
        }
    }

    /** The targets that are worth a test in translated code, the most frequent first. */
    long[] frequent() {
        Seen now = seen;
        int[] counts = now.counts.clone();
        long total = Arrays.stream(counts).asLongStream().sum();
        return java.util.stream.IntStream.range(0, counts.length)
                .filter(i -> (long) counts[i] * RARE >= total)
                .boxed()
                .sorted((a, b) -> Integer.compare(counts[b], counts[a]))
                .limit(SWITCH_LIMIT)
                .mapToLong(i -> now.targets[i])
                .toArray();
    }
}
