package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.ipc.TimerFile;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.ProcessTimers;
import callgate.kernel.task.SignalCalls;
import callgate.kernel.task.Task;
import callgate.kernel.task.TaskCalls;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.wait.Alarm;
import callgate.kernel.wait.Waiter;
import java.util.function.LongSupplier;

/** System calls on time: clocks, sleeping, timers. */
final class Times {
    private static final int TIMER_ABSTIME = 1;
    private static final int TFD_TIMER_CANCEL_ON_SET = 2;
    private static final int SIGEV_SIGNAL = 0;
    private static final int SIGEV_NONE = 1;
    private static final int SIGEV_THREAD = 2;
    private static final int SIGEV_THREAD_ID = 4;

    private Times() {}

    // ---- clocks ----

    @Syscall(nr = 113)
    static long clock_gettime(Task task, int clock, @Arg(ADDRESS) long time) {
        if (!Clocks.isKnown(task, clock)) {
            return -Errno.EINVAL;
        }
        TimeValues.writeTimespec(task.memory(), time, Clocks.now(task, clock));
        return 0;
    }

    @Syscall(nr = 114)
    static long clock_getres(Task task, int clock, @Arg(ADDRESS) long resolution) {
        if (!Clocks.isKnown(task, clock)) {
            return -Errno.EINVAL;
        }
        if (resolution != 0) {
            boolean coarse = clock == Clocks.REALTIME_COARSE || clock == Clocks.MONOTONIC_COARSE;
            TimeValues.writeTimespec(task.memory(), resolution, coarse ? Clocks.COARSE_NANOS : 1);
        }
        return 0;
    }

    @Syscall(nr = 112, missing = "setting (EPERM: the host's clock)")
    static long clock_settime(Task task, int clock, @Arg(ADDRESS) long time) {
        if (clock != Clocks.REALTIME) {
            return -Errno.EINVAL;
        }
        TimeValues.readTimespec(task.memory(), time);
        return -Errno.EPERM;
    }

    @Syscall(nr = 169)
    static long gettimeofday(Task task, @Arg(ADDRESS) long time, @Arg(ADDRESS) long zone) {
        if (time != 0) {
            TimeValues.writeTimeval(task.memory(), time, task.clock().realtimeNanos());
        }
        if (zone != 0) {
            task.memory().writeLong(zone, 0);
        }
        return 0;
    }

    @Syscall(nr = 170, missing = "setting (EPERM: the host's clock)")
    static long settimeofday(Task task, @Arg(ADDRESS) long time, @Arg(ADDRESS) long zone) {
        if (time != 0) {
            TimeValues.readTimeval(task.memory(), time);
        }
        return -Errno.EPERM;
    }

    // ---- sleeping ----

    @Syscall(nr = 101)
    static long nanosleep(Task task, @Arg(ADDRESS) long request, @Arg(ADDRESS) long remaining) {
        long nanos = TimeValues.readTimespec(task.memory(), request);
        return sleep(task, TimeValues.after(task, nanos), remaining);
    }

    @Syscall(nr = 115)
    static long clock_nanosleep(
            Task task,
            int clock,
            @Arg(HEX) int flags,
            @Arg(ADDRESS) long request,
            @Arg(ADDRESS) long remaining) {
        LongSupplier base = clock == Clocks.THREAD_CPUTIME ? null : Clocks.forTimer(task, clock);
        if (base == null || (flags & ~TIMER_ABSTIME) != 0) {
            return -Errno.EINVAL;
        }
        long nanos = TimeValues.readTimespec(task.memory(), request);
        if (clock == Clocks.PROCESS_CPUTIME || clock < 0) {
            return -Errno.EOPNOTSUPP;
        }
        if ((flags & TIMER_ABSTIME) == 0) {
            return sleep(task, TimeValues.after(task, nanos), remaining);
        }
        long deadline = TimeValues.after(task, Math.max(0, nanos - base.getAsLong()));
        return sleepUntil(task, deadline) ? 0 : -Errno.ERESTARTNOHAND;
    }

    private static long sleep(Task task, long deadline, long remaining) {
        if (sleepUntil(task, deadline)) {
            return 0;
        }
        if (remaining != 0) {
            long left = Math.max(0, deadline - task.clock().monotonicNanos());
            TimeValues.writeTimespec(task.memory(), remaining, left);
        }
        return TaskCalls.restartWith(task, () -> sleep(task, deadline, remaining));
    }

    /** False if interrupted. */
    private static boolean sleepUntil(Task task, long deadline) {
        while (true) {
            task.waiter().prepare();
            Waiter.Outcome outcome = task.waiter().await(deadline);
            if (outcome != Waiter.Outcome.WOKEN) {
                return outcome == Waiter.Outcome.TIMED_OUT;
            }
        }
    }

    // ---- interval timers ----

    @Syscall(nr = 102)
    static long getitimer(Task task, int which, @Arg(ADDRESS) long value) {
        Alarm alarm = task.process().timers().interval(which);
        if (alarm == null) {
            return -Errno.EINVAL;
        }
        writeTimevals(task.memory(), value, alarm.setting());
        return 0;
    }

    @Syscall(nr = 103)
    static long setitimer(Task task, int which, @Arg(ADDRESS) long value, @Arg(ADDRESS) long old) {
        Alarm alarm = task.process().timers().interval(which);
        if (alarm == null) {
            return -Errno.EINVAL;
        }
        long interval = value == 0 ? 0 : TimeValues.readTimeval(task.memory(), value);
        long delay = value == 0 ? 0 : TimeValues.readTimeval(task.memory(), value + 16);
        Alarm.Setting before = alarm.setAfter(delay, interval);
        if (old != 0) {
            writeTimevals(task.memory(), old, before);
        }
        return 0;
    }

    private static void writeTimevals(UserMemory memory, long address, Alarm.Setting setting) {
        TimeValues.writeTimeval(memory, address, setting.intervalNanos());
        // less than a microsecond left is not "disarmed"
        long left = setting.leftNanos();
        TimeValues.writeTimeval(memory, address + 16, left == 0 ? 0 : Math.max(1000, left));
    }

    // ---- POSIX timers ----

    @Syscall(nr = 107)
    static long timer_create(
            Task task, int clock, @Arg(ADDRESS) long event, @Arg(ADDRESS) long id) {
        LongSupplier base = Clocks.forTimer(task, clock);
        if (base == null) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        int signal = callgate.kernel.abi.Signals.SIGALRM;
        long value = ProcessTimers.DEFAULT_VALUE;
        int tid = 0;
        if (event != 0) {
            value = memory.readLong(event);
            signal = memory.readInt(event + 8);
            int notify = memory.readInt(event + 12);
            switch (notify) {
                case SIGEV_SIGNAL, SIGEV_THREAD -> {}
                case SIGEV_NONE -> signal = 0;
                case SIGEV_THREAD_ID -> {
                    tid = memory.readInt(event + 16);
                    Task target = task.process().table().task(tid);
                    if (target == null || target.process() != task.process()) {
                        return -Errno.EINVAL;
                    }
                }
                default -> {
                    return -Errno.EINVAL;
                }
            }
            if (notify != SIGEV_NONE && !SignalCalls.isValid(signal)) {
                return -Errno.EINVAL;
            }
        }
        int number = task.process().timers().create(base, signal, value, tid);
        if (number >= 0) {
            memory.writeInt(id, number);
        }
        return Math.min(number, 0);
    }

    @Syscall(nr = 110)
    static long timer_settime(
            Task task,
            int id,
            @Arg(HEX) int flags,
            @Arg(ADDRESS) long value,
            @Arg(ADDRESS) long old) {
        var timer = task.process().timers().find(id);
        if (timer == null || value == 0 || (flags & ~TIMER_ABSTIME) != 0) {
            return -Errno.EINVAL;
        }
        Alarm.Setting before =
                set(task.memory(), timer.alarm(), value, (flags & TIMER_ABSTIME) != 0);
        if (old != 0) {
            writeTimespecs(task.memory(), old, before);
        }
        return 0;
    }

    private static Alarm.Setting set(UserMemory memory, Alarm alarm, long value, boolean absolute) {
        long interval = TimeValues.readTimespec(memory, value);
        long first = TimeValues.readTimespec(memory, value + 16);
        return absolute && first != 0
                ? alarm.setAt(first, interval)
                : alarm.setAfter(first, interval);
    }

    @Syscall(nr = 108)
    static long timer_gettime(Task task, int id, @Arg(ADDRESS) long value) {
        var timer = task.process().timers().find(id);
        if (timer == null) {
            return -Errno.EINVAL;
        }
        writeTimespecs(task.memory(), value, timer.alarm().setting());
        return 0;
    }

    @Syscall(nr = 109)
    static long timer_getoverrun(Task task, int id) {
        var timer = task.process().timers().find(id);
        return timer == null ? -Errno.EINVAL : timer.overrun();
    }

    @Syscall(nr = 111)
    static long timer_delete(Task task, int id) {
        return task.process().timers().delete(id) ? 0 : -Errno.EINVAL;
    }

    private static void writeTimespecs(UserMemory memory, long address, Alarm.Setting setting) {
        TimeValues.writeTimespec(memory, address, setting.intervalNanos());
        TimeValues.writeTimespec(memory, address + 16, setting.leftNanos());
    }

    // ---- timers as files ----

    @Syscall(nr = 85)
    static long timerfd_create(Task task, int clock, @Arg(HEX) int flags) {
        boolean usable =
                switch (clock) {
                    case Clocks.REALTIME,
                            Clocks.MONOTONIC,
                            Clocks.BOOTTIME,
                            Clocks.REALTIME_ALARM,
                            Clocks.BOOTTIME_ALARM ->
                            true;
                    default -> false;
                };
        if (!usable || (flags & ~(OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK)) != 0) {
            return -Errno.EINVAL;
        }
        var services = task.services();
        return Descriptors.install(
                task,
                new TimerFile(
                        services.scheduler(),
                        services.clock(),
                        Clocks.forTimer(task, clock),
                        services.ipc().eventInode(),
                        flags),
                flags);
    }

    private interface TimerAction {
        long on(TimerFile timer);
    }

    private static long withTimer(Task task, int fd, TimerAction action) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            return file instanceof TimerFile timer ? action.on(timer) : -Errno.EINVAL;
        } finally {
            file.release();
        }
    }

    @Syscall(nr = 86, missing = "TFD_TIMER_CANCEL_ON_SET has no effect: the clock is never set")
    static long timerfd_settime(
            Task task,
            @Arg(FD) int fd,
            @Arg(HEX) int flags,
            @Arg(ADDRESS) long value,
            @Arg(ADDRESS) long old) {
        if ((flags & ~(TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) != 0) {
            return -Errno.EINVAL;
        }
        return withTimer(
                task,
                fd,
                timer -> {
                    timer.forgetExpirations();
                    Alarm.Setting before =
                            set(task.memory(), timer.alarm(), value, (flags & TIMER_ABSTIME) != 0);
                    if (old != 0) {
                        writeTimespecs(task.memory(), old, before);
                    }
                    return 0;
                });
    }

    @Syscall(nr = 87)
    static long timerfd_gettime(Task task, @Arg(FD) int fd, @Arg(ADDRESS) long value) {
        return withTimer(
                task,
                fd,
                timer -> {
                    writeTimespecs(task.memory(), value, timer.alarm().setting());
                    return 0;
                });
    }
}
