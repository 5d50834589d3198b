package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.HEX;

import callgate.kernel.abi.Errno;
import callgate.kernel.task.Process;
import callgate.kernel.task.Task;
import callgate.kernel.task.TaskCalls;
import java.util.List;

/**
 * System calls on scheduling: sched(7). All tasks are scheduled alike, by turns; policies,
 * priorities and affinities are kept and reported, and have no other effect.
 */
final class Scheduling {
    private static final int SCHED_OTHER = 0;
    private static final int SCHED_FIFO = 1;
    private static final int SCHED_RR = 2;
    private static final int SCHED_BATCH = 3;
    private static final int SCHED_IDLE = 5;
    private static final int SCHED_RESET_ON_FORK = 0x4000_0000;
    private static final int HIGHEST_REALTIME = 99;
    private static final int ATTRIBUTE_BYTES = 48;
    private static final int NICE_OFFSET = 20;
    private static final int PRIO_PROCESS = 0;
    private static final int PRIO_PGRP = 1;
    private static final int PRIO_USER = 2;
    private static final long SLICE_NANOS = 4_000_000;
    private static final int MASK_BYTES_LIMIT = 1024;

    private Scheduling() {}

    @Syscall(nr = 124)
    static long sched_yield(Task task) {
        task.services().scheduler().yield();
        return 0;
    }

    @Syscall(nr = 168)
    static long getcpu(
            Task task, @Arg(ADDRESS) long cpu, @Arg(ADDRESS) long node, @Arg(ADDRESS) long cache) {
        if (cpu != 0) {
            task.memory().writeInt(cpu, task.tid() % task.services().cpus());
        }
        if (node != 0) {
            task.memory().writeInt(node, 0);
        }
        return 0;
    }

    // ---- affinity ----

    private static long allCpus(Task task) {
        int cpus = task.services().cpus();
        return cpus >= Long.SIZE ? -1 : (1L << cpus) - 1;
    }

    @Syscall(nr = 123)
    static long sched_getaffinity(Task task, int tid, int lengthBytes, @Arg(ADDRESS) long mask) {
        if (lengthBytes < Long.BYTES || (lengthBytes & 7) != 0) {
            return -Errno.EINVAL;
        }
        Task target = TaskCalls.task(task, tid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        task.memory().writeLong(mask, TaskCalls.affinity(target) & allCpus(task));
        return Long.BYTES;
    }

    @Syscall(nr = 122, missing = "kept and reported, without effect")
    static long sched_setaffinity(Task task, int tid, int lengthBytes, @Arg(ADDRESS) long mask) {
        Task target = TaskCalls.task(task, tid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        if (lengthBytes < 0) {
            return -Errno.EINVAL;
        }
        byte[] bytes = task.memory().read(mask, Math.min(lengthBytes, MASK_BYTES_LIMIT));
        long wanted = 0;
        for (int i = 0; i < Math.min(bytes.length, Long.BYTES); i++) {
            wanted |= (bytes[i] & 0xffL) << 8 * i;
        }
        if ((wanted & allCpus(task)) == 0) {
            return -Errno.EINVAL;
        }
        TaskCalls.setAffinity(target, wanted & allCpus(task));
        return 0;
    }

    // ---- policies ----

    private static int highest(int policy) {
        return switch (policy) {
            case SCHED_FIFO, SCHED_RR -> HIGHEST_REALTIME;
            case SCHED_OTHER, SCHED_BATCH, SCHED_IDLE -> 0;
            default -> -1;
        };
    }

    @Syscall(nr = 125)
    static long sched_get_priority_max(int policy) {
        int highest = highest(policy);
        return highest < 0 ? -Errno.EINVAL : highest;
    }

    @Syscall(nr = 126)
    static long sched_get_priority_min(int policy) {
        int highest = highest(policy);
        return highest < 0 ? -Errno.EINVAL : Math.min(1, highest);
    }

    @Syscall(nr = 120)
    static long sched_getscheduler(Task task, int tid) {
        Task target = tid < 0 ? null : TaskCalls.task(task, tid);
        return tid < 0 ? -Errno.EINVAL : target == null ? -Errno.ESRCH : target.policy();
    }

    @Syscall(nr = 119, missing = "kept and reported, without effect")
    static long sched_setscheduler(Task task, int tid, int policy, @Arg(ADDRESS) long parameter) {
        if (parameter == 0 || tid < 0) {
            return -Errno.EINVAL;
        }
        return setPolicy(
                task, tid, policy & ~SCHED_RESET_ON_FORK, task.memory().readInt(parameter));
    }

    private static long setPolicy(Task task, int tid, int policy, int priority) {
        Task target = TaskCalls.task(task, tid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        int highest = highest(policy);
        if (highest < 0 || priority < Math.min(1, highest) || priority > highest) {
            return -Errno.EINVAL;
        }
        if (highest > 0 && !task.credentials().has(callgate.kernel.vfs.Credentials.CAP_SYS_NICE)) {
            return -Errno.EPERM;
        }
        target.setPolicy(policy, priority);
        return 0;
    }

    @Syscall(nr = 121)
    static long sched_getparam(Task task, int tid, @Arg(ADDRESS) long parameter) {
        if (parameter == 0 || tid < 0) {
            return -Errno.EINVAL;
        }
        Task target = TaskCalls.task(task, tid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        task.memory().writeInt(parameter, target.realtimePriority());
        return 0;
    }

    @Syscall(nr = 118, missing = "kept and reported, without effect")
    static long sched_setparam(Task task, int tid, @Arg(ADDRESS) long parameter) {
        if (parameter == 0 || tid < 0) {
            return -Errno.EINVAL;
        }
        Task target = TaskCalls.task(task, tid);
        return target == null
                ? -Errno.ESRCH
                : setPolicy(task, tid, target.policy(), task.memory().readInt(parameter));
    }

    @Syscall(nr = 127)
    static long sched_rr_get_interval(Task task, int tid, @Arg(ADDRESS) long interval) {
        if (tid < 0) {
            return -Errno.EINVAL;
        }
        if (TaskCalls.task(task, tid) == null) {
            return -Errno.ESRCH;
        }
        TimeValues.writeTimespec(task.memory(), interval, SLICE_NANOS);
        return 0;
    }

    /**
     * {@code struct sched_attr}: size, policy, flags (8), nice, priority, runtime (8), deadline
     * (8), period (8).
     */
    @Syscall(nr = 275)
    static long sched_getattr(
            Task task, int tid, @Arg(ADDRESS) long attributes, int sizeBytes, @Arg(HEX) int flags) {
        if (tid < 0 || sizeBytes < ATTRIBUTE_BYTES || sizeBytes > 4096 || flags != 0) {
            return -Errno.EINVAL;
        }
        Task target = TaskCalls.task(task, tid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        task.memory().clear(attributes, ATTRIBUTE_BYTES);
        task.memory().writeInt(attributes, ATTRIBUTE_BYTES);
        task.memory().writeInt(attributes + 4, target.policy());
        task.memory().writeInt(attributes + 16, TaskCalls.niceness(target));
        task.memory().writeInt(attributes + 20, target.realtimePriority());
        return 0;
    }

    @Syscall(nr = 274, missing = "kept and reported, without effect; SCHED_DEADLINE (EINVAL)")
    static long sched_setattr(
            Task task, int tid, @Arg(ADDRESS) long attributes, @Arg(HEX) int flags) {
        if (tid < 0 || attributes == 0 || flags != 0) {
            return -Errno.EINVAL;
        }
        int size = task.memory().readInt(attributes);
        if (size != 0 && size < ATTRIBUTE_BYTES) {
            return -Errno.EINVAL;
        }
        Task target = TaskCalls.task(task, tid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        int policy = task.memory().readInt(attributes + 4);
        int niceness = task.memory().readInt(attributes + 16);
        long result = setPolicy(task, tid, policy, task.memory().readInt(attributes + 20));
        return result != 0 || highest(policy) > 0
                ? result
                : TaskCalls.setNiceness(task, target, niceness);
    }

    // ---- niceness ----

    /**
     * The tasks that a selector of getpriority means; empty if there are none, null if it is not
     * valid.
     */
    private static List<Task> select(Task task, int which, int who) {
        return switch (which) {
            case PRIO_PROCESS -> {
                Task one = TaskCalls.task(task, who);
                yield one == null ? List.of() : List.of(one);
            }
            case PRIO_PGRP -> {
                int group = who == 0 ? task.groupId() : who;
                yield task.process().table().processes().stream()
                        .filter(process -> process.groupId() == group)
                        .map(Process::tasks)
                        .flatMap(List::stream)
                        .toList();
            }
            case PRIO_USER -> {
                int uid = who == 0 ? task.credentials().uid() : who;
                yield task.process().table().tasks().stream()
                        .filter(each -> each.credentials().uid() == uid)
                        .toList();
            }
            default -> null;
        };
    }

    @Syscall(nr = 141)
    static long getpriority(Task task, int which, int who) {
        List<Task> targets = select(task, which, who);
        if (targets == null) {
            return -Errno.EINVAL;
        }
        return targets.stream()
                .mapToLong(
                        target ->
                                NICE_OFFSET
                                        - TaskCalls.niceness(
                                                target)) // 1 to 40, as the C library expects
                .max()
                .orElse(-Errno.ESRCH);
    }

    @Syscall(nr = 140, missing = "kept and reported, without effect")
    static long setpriority(Task task, int which, int who, int niceness) {
        List<Task> targets = select(task, which, who);
        if (targets == null) {
            return -Errno.EINVAL;
        }
        long result = -Errno.ESRCH;
        for (Task target : targets) {
            long one = TaskCalls.setNiceness(task, target, niceness);
            result = one != 0 ? one : result == -Errno.ESRCH ? 0 : result;
        }
        return result;
    }

    @Syscall(nr = 31, missing = "always best effort")
    static long ioprio_get(Task task, int which, int who) {
        return which < 1 || which > 3 ? -Errno.EINVAL : 4;
    }

    @Syscall(nr = 30, missing = "without effect")
    static long ioprio_set(Task task, int which, int who, int priority) {
        return which < 1 || which > 3 ? -Errno.EINVAL : 0;
    }
}
