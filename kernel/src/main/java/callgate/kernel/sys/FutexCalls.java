package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.HEX;

import callgate.kernel.abi.Errno;
import callgate.kernel.task.Futexes;
import callgate.kernel.task.Task;
import callgate.kernel.task.TaskCalls;
import callgate.kernel.wait.Scheduler;
import java.util.ArrayList;
import java.util.List;

/** Futexes: futex(2), futex_waitv(2). */
final class FutexCalls {
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final int FUTEX_REQUEUE = 3;
    private static final int FUTEX_CMP_REQUEUE = 4;
    private static final int FUTEX_WAKE_OP = 5;
    private static final int FUTEX_WAIT_BITSET = 9;
    private static final int FUTEX_WAKE_BITSET = 10;
    private static final int FUTEX_PRIVATE_FLAG = 128;
    private static final int FUTEX_CLOCK_REALTIME = 256;

    private static final int FUTEX2_SIZE_U32 = 2;
    private static final int FUTEX_WAITV_MAX = 128;
    private static final int WAITV_BYTES = 24;

    private FutexCalls() {}

    @Syscall(nr = 98, missing = "priority inheritance (ENOSYS)")
    static long futex(
            Task task,
            @Arg(ADDRESS) long word,
            @Arg(HEX) int operation,
            int value,
            @Arg(ADDRESS) long timeout,
            @Arg(ADDRESS) long second,
            int third) {
        Futexes futexes = task.services().futexes();
        Futexes.Scope scope =
                (operation & FUTEX_PRIVATE_FLAG) != 0 ? Futexes.Scope.PRIVATE : Futexes.Scope.ANY;
        int command = operation & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
        boolean realtime = (operation & FUTEX_CLOCK_REALTIME) != 0;
        if (realtime && command != FUTEX_WAIT && command != FUTEX_WAIT_BITSET) {
            return -Errno.ENOSYS;
        }
        int count2 = (int) timeout; // some commands pass a count in the timeout's place
        return switch (command) {
            case FUTEX_WAIT -> {
                long deadline =
                        realtime
                                ? absolute(task, timeout, true)
                                : TimeValues.deadline(task, timeout);
                yield await(task, new Futexes.Word(word, value, Futexes.ANY, scope), deadline);
            }
            case FUTEX_WAIT_BITSET ->
                    third == 0
                            ? -Errno.EINVAL
                            : await(
                                    task,
                                    new Futexes.Word(word, value, third, scope),
                                    absolute(task, timeout, realtime));
            case FUTEX_WAKE ->
                    futexes.wake(task.space(), word, Math.max(1, value), Futexes.ANY, scope);
            case FUTEX_WAKE_BITSET ->
                    third == 0
                            ? -Errno.EINVAL
                            : futexes.wake(task.space(), word, Math.max(1, value), third, scope);
            case FUTEX_REQUEUE ->
                    value < 0 || count2 < 0
                            ? -Errno.EINVAL
                            : futexes.requeue(
                                    task,
                                    word,
                                    value,
                                    second,
                                    count2,
                                    new Futexes.Condition.None(),
                                    scope);
            case FUTEX_CMP_REQUEUE ->
                    value < 0 || count2 < 0
                            ? -Errno.EINVAL
                            : futexes.requeue(
                                    task,
                                    word,
                                    value,
                                    second,
                                    count2,
                                    new Futexes.Condition.Equals(third),
                                    scope);
            case FUTEX_WAKE_OP ->
                    futexes.wakeOp(
                            task,
                            word,
                            Math.max(1, value),
                            second,
                            Math.max(1, count2),
                            third,
                            scope);
            default -> -Errno.ENOSYS;
        };
    }

    /** The monotonic deadline of an absolute time of either clock; never if the address is 0. */
    private static long absolute(Task task, long timeout, boolean realtime) {
        if (timeout == 0) {
            return Scheduler.NEVER;
        }
        long time = TimeValues.readTimespec(task.memory(), timeout);
        return realtime
                ? TimeValues.after(task, Math.max(0, time - task.clock().realtimeNanos()))
                : time;
    }

    private static long await(Task task, Futexes.Word word, long deadline) {
        long result = task.services().futexes().await(task, word, deadline);
        return result == -Errno.ERESTARTSYS && deadline != Scheduler.NEVER
                ? TaskCalls.restartWith(task, () -> await(task, word, deadline))
                : result;
    }

    @Syscall(nr = 449)
    static long futex_waitv(
            Task task,
            @Arg(ADDRESS) long waiters,
            int count,
            @Arg(HEX) int flags,
            @Arg(ADDRESS) long timeout,
            int clock) {
        if (flags != 0 || count < 1 || count > FUTEX_WAITV_MAX) {
            return -Errno.EINVAL;
        }
        if (timeout != 0 && clock != Clocks.MONOTONIC && clock != Clocks.REALTIME) {
            return -Errno.EINVAL;
        }
        List<Futexes.Word> words = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long at = waiters + (long) i * WAITV_BYTES;
            int wordFlags = task.memory().readInt(at + 16);
            if ((wordFlags & ~(FUTEX_PRIVATE_FLAG | FUTEX2_SIZE_U32)) != 0
                    || (wordFlags & FUTEX2_SIZE_U32) == 0
                    || task.memory().readInt(at + 20) != 0) {
                return -Errno.EINVAL;
            }
            Futexes.Scope scope =
                    (wordFlags & FUTEX_PRIVATE_FLAG) != 0
                            ? Futexes.Scope.PRIVATE
                            : Futexes.Scope.ANY;
            words.add(
                    new Futexes.Word(
                            task.memory().readLong(at + 8),
                            (int) task.memory().readLong(at),
                            Futexes.ANY,
                            scope));
        }
        long deadline = absolute(task, timeout, clock == Clocks.REALTIME);
        return task.services().futexes().awaitAny(task, words, deadline);
    }
}
