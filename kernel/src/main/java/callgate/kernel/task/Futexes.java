package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.AddressSpace.Place;
import callgate.kernel.wait.Waiter;
import java.util.ArrayList;
import java.util.List;

/**
 * Futexes: sleeping on a word of guest memory (futex(2)). Thread-safe.
 *
 * <p>A word in memory shared between processes is known by its file and offset; any other by its
 * address space and address. Waiters hang in hashed buckets; a bucket's monitor guards them, and
 * the word is read under it, so that no wake-up between the look and the sleep is lost. Two buckets
 * are locked in the order of their index. Guest memory may be faulted in under a bucket; memory
 * never waits for futexes.
 */
public final class Futexes {
    /** All bits: FUTEX_BITSET_MATCH_ANY. */
    public static final int ANY = -1;

    private static final int BUCKETS = 256;

    /** Who may share a word: FUTEX_PRIVATE_FLAG spares looking. */
    public enum Scope {
        PRIVATE,
        ANY
    }

    private static final class Sleeper {
        private final Waiter waiter;
        private final int bits;
        private volatile Place key;
        private volatile boolean woken;
        private final int index;

        Sleeper(Waiter waiter, Place key, int bits, int index) {
            this.waiter = waiter;
            this.key = key;
            this.bits = bits;
            this.index = index;
        }
    }

    private static final class Bucket {
        private final ArrayList<Sleeper> sleepers = new ArrayList<>(0);
    }

    private final Bucket[] buckets = new Bucket[BUCKETS];

    /** No waiter yet. */
    public Futexes() {
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = new Bucket();
        }
    }

    private static Place place(AddressSpace space, long address, Scope scope) {
        if ((address & 3) != 0) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return scope == Scope.PRIVATE ? new Place(space, address) : space.place(address);
    }

    private static int index(Place place) {
        long hash =
                (System.identityHashCode(place.owner()) * 31L + (place.offset() >>> 2))
                        * 0x9e3779b97f4a7c15L;
        return (int) (hash >>> 56);
    }

    private Bucket bucket(Place place) {
        return buckets[index(place)];
    }

    // ---- waiting ----

    /** A word to wait on, with the value it must have. */
    public record Word(long address, int expected, int bits, Scope scope) {}

    /**
     * Waits until woken: 0, {@code -EAGAIN} if the word differs, {@code -ETIMEDOUT}, or {@code
     * -ERESTARTSYS} if interrupted.
     */
    public long await(Task task, Word word, long deadlineNanos) {
        long result = awaitAny(task, List.of(word), deadlineNanos);
        return result >= 0 ? 0 : result;
    }

    /**
     * Waits for any of several words; the index of the one that was woken, or as {@link #await}.
     */
    public long awaitAny(Task task, List<Word> words, long deadlineNanos) {
        Waiter waiter = task.waiter();
        List<Sleeper> sleepers = new ArrayList<>(words.size());
        waiter.prepare();
        boolean entered = false;
        try {
            for (Word word : words) {
                Sleeper sleeper =
                        new Sleeper(
                                waiter,
                                place(task.space(), word.address, word.scope),
                                word.bits,
                                sleepers.size());
                if (!enter(task, sleeper, word)) {
                    return leave(sleepers) instanceof Sleeper woken ? woken.index : -Errno.EAGAIN;
                }
                sleepers.add(sleeper);
            }
            entered = true;
        } finally {
            if (!entered) {
                leave(sleepers); // a word that cannot be read
            }
        }
        return sleep(waiter, sleepers, deadlineNanos);
    }

    private boolean enter(Task task, Sleeper sleeper, Word word) {
        Bucket bucket = bucket(sleeper.key);
        synchronized (bucket) {
            if (task.memory().readIntOrdered(word.address) != word.expected) {
                return false;
            }
            bucket.sleepers.add(sleeper);
            return true;
        }
    }

    private long sleep(Waiter waiter, List<Sleeper> sleepers, long deadlineNanos) {
        while (true) {
            Waiter.Outcome outcome = waiter.await(deadlineNanos);
            if (outcome == Waiter.Outcome.WOKEN) {
                for (Sleeper sleeper : sleepers) {
                    if (sleeper.woken) {
                        leave(sleepers);
                        return sleeper.index;
                    }
                }
                waiter.prepare(); // woken for another reason
                for (Sleeper sleeper : sleepers) {
                    if (sleeper.woken) {
                        waiter.wake();
                    }
                }
                continue;
            }
            Sleeper woken = leave(sleepers);
            if (woken != null) {
                return woken.index;
            }
            return outcome == Waiter.Outcome.TIMED_OUT ? -Errno.ETIMEDOUT : -Errno.ERESTARTSYS;
        }
    }

    /** Takes sleepers out of their buckets; one that had been woken before that, or null. */
    private Sleeper leave(List<Sleeper> sleepers) {
        Sleeper woken = null;
        for (Sleeper sleeper : sleepers) {
            while (!sleeper.woken) {
                Place key = sleeper.key; // requeueing changes it
                Bucket bucket = bucket(key);
                synchronized (bucket) {
                    if (sleeper.key == key && !sleeper.woken) {
                        bucket.sleepers.remove(sleeper);
                        break;
                    }
                }
            }
            if (sleeper.woken && woken == null) {
                woken = sleeper;
            }
        }
        return woken;
    }

    // ---- waking ----

    /** Wakes up to {@code count} waiters of a word whose bits meet; how many. */
    public int wake(AddressSpace space, long address, int count, int bits, Scope scope) {
        Place key = place(space, address, scope);
        Bucket bucket = bucket(key);
        synchronized (bucket) {
            return wake(bucket, key, count, bits);
        }
    }

    /** Guarded by the bucket. */
    private static int wake(Bucket bucket, Place key, int count, int bits) {
        int done = 0;
        for (int i = 0; i < bucket.sleepers.size() && done < count; ) {
            Sleeper sleeper = bucket.sleepers.get(i);
            if (sleeper.key.equals(key) && (sleeper.bits & bits) != 0) {
                bucket.sleepers.remove(i);
                sleeper.woken = true;
                sleeper.waiter.wake();
                done++;
            } else {
                i++;
            }
        }
        return done;
    }

    /** Whether the word, compared, lets a requeue go on. */
    public sealed interface Condition {
        record None() implements Condition {}

        record Equals(int value) implements Condition {}
    }

    /**
     * Wakes {@code wakeCount} and moves {@code moveCount} others to another word; how many of both,
     * or {@code -EAGAIN}.
     */
    public int requeue(
            Task task,
            long from,
            int wakeCount,
            long to,
            int moveCount,
            Condition condition,
            Scope scope) {
        Place source = place(task.space(), from, scope);
        Place target = place(task.space(), to, scope);
        Bucket first = buckets[Math.min(index(source), index(target))];
        Bucket second = buckets[Math.max(index(source), index(target))];
        synchronized (first) {
            synchronized (second) {
                if (condition instanceof Condition.Equals equals
                        && task.memory().readIntOrdered(from) != equals.value) {
                    return -Errno.EAGAIN;
                }
                int woken = wake(bucket(source), source, wakeCount, ANY);
                int moved = move(source, target, moveCount);
                return woken + moved;
            }
        }
    }

    private int move(Place source, Place target, int count) {
        Bucket from = bucket(source);
        Bucket to = bucket(target);
        if (source.equals(target)) {
            return 0;
        }
        int done = 0;
        for (int i = 0; i < from.sleepers.size() && done < count; ) {
            Sleeper sleeper = from.sleepers.get(i);
            if (!sleeper.key.equals(source)) {
                i++;
                continue;
            }
            done++;
            sleeper.key = target;
            if (from != to) {
                from.sleepers.remove(i);
                to.sleepers.add(sleeper);
            } else {
                i++;
            }
        }
        return done;
    }

    /**
     * FUTEX_WAKE_OP: changes a second word atomically, wakes waiters of the first, and, if its old
     * value compares, of the second.
     */
    public int wakeOp(
            Task task,
            long first,
            int firstCount,
            long second,
            int secondCount,
            int operation,
            Scope scope) {
        WakeOp op = WakeOp.decode(operation);
        Place firstKey = place(task.space(), first, scope);
        Place secondKey = place(task.space(), second, scope);
        Bucket low = buckets[Math.min(index(firstKey), index(secondKey))];
        Bucket high = buckets[Math.max(index(firstKey), index(secondKey))];
        synchronized (low) {
            synchronized (high) {
                int old = op.apply(task.memory(), second);
                int woken = wake(bucket(firstKey), firstKey, firstCount, ANY);
                if (op.compares(old)) {
                    woken += wake(bucket(secondKey), secondKey, secondCount, ANY);
                }
                return woken;
            }
        }
    }

    /** Waiters there are; for tests. */
    int sleepers() {
        int count = 0;
        for (Bucket bucket : buckets) {
            synchronized (bucket) {
                count += bucket.sleepers.size();
            }
        }
        return count;
    }
}
