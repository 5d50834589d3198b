package callgate.kernel.sys;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.ipc.Epoll;
import callgate.kernel.ipc.Ipc;
import callgate.kernel.ipc.PollSet;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.wait.Scheduler;
import java.util.function.LongSupplier;

/** Waiting for readiness: poll, select, epoll, and event counters. */
final class Polls {
    private static final int EFD_SEMAPHORE = 1;

    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLL_CTL_MOD = 3;

    /** Bytes of struct epoll_event: events, padding, data. */
    private static final int EPOLL_EVENT_BYTES = 16;

    private static final int EPOLL_DATA = 8;
    private static final int MAX_EPOLL_EVENTS = Integer.MAX_VALUE / EPOLL_EVENT_BYTES;

    /** Bytes of struct pollfd: descriptor, events, revents. */
    private static final int POLLFD_BYTES = 8;

    private static final int POLLFD_EVENTS = 4;
    private static final int POLLFD_REVENTS = 6;

    /** A deadline that is over: only look. */
    private static final long NO_WAIT = Long.MIN_VALUE;

    private Polls() {}

    // ---- event counters ----

    @Syscall(nr = 19)
    static long eventfd2(Task task, int count, @Arg(Arg.Kind.HEX) int flags) {
        if ((flags & ~(EFD_SEMAPHORE | OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK)) != 0) {
            return -Errno.EINVAL;
        }
        Ipc.CounterReads reads =
                (flags & EFD_SEMAPHORE) != 0 ? Ipc.CounterReads.ONE : Ipc.CounterReads.ALL;
        OpenFile file =
                task.services().ipc().newEventCounter(count, reads, flags & OpenFlags.O_NONBLOCK);
        return Descriptors.install(task, file, flags);
    }

    // ---- poll ----

    @Syscall(nr = 73)
    static long ppoll(
            Task task,
            @Arg(Arg.Kind.ADDRESS) long pollfds,
            int count,
            @Arg(Arg.Kind.ADDRESS) long timeout,
            @Arg(Arg.Kind.ADDRESS) long mask,
            long maskBytes) {
        if (count < 0 || count > task.descriptorLimit()) {
            return -Errno.EINVAL;
        }
        long deadline = deadline(task, timeout);
        long result = masked(task, mask, maskBytes, () -> poll(task, pollfds, count, deadline));
        return finish(task, result, timeout, deadline);
    }

    private static long poll(Task task, long pollfds, int count, long deadline) {
        UserMemory memory = task.memory();
        try (PollSet set = new PollSet(count, task.services().heap())) {
            for (int i = 0; i < count; i++) {
                long pollfd = pollfds + (long) i * POLLFD_BYTES;
                int fd = memory.readInt(pollfd);
                int events = memory.readShort(pollfd + POLLFD_EVENTS);
                OpenFile file = fd < 0 ? null : task.files().get(fd);
                if (fd >= 0 && file == null) {
                    set.addReady(PollEvents.POLLNVAL);
                } else {
                    set.add(file, events & 0xffff | PollEvents.POLLERR | PollEvents.POLLHUP);
                }
            }
            long result = set.await(task.waiter(), deadline);
            if (result >= 0) {
                for (int i = 0; i < count; i++) {
                    memory.writeShort(
                            pollfds + (long) i * POLLFD_BYTES + POLLFD_REVENTS, set.ready(i));
                }
            }
            return result;
        }
    }

    // ---- select ----

    @Syscall(nr = 72)
    static long pselect6(
            Task task,
            int count,
            @Arg(Arg.Kind.ADDRESS) long readable,
            @Arg(Arg.Kind.ADDRESS) long writable,
            @Arg(Arg.Kind.ADDRESS) long exceptional,
            @Arg(Arg.Kind.ADDRESS) long timeout,
            @Arg(Arg.Kind.ADDRESS) long maskArgument) {
        long mask = 0;
        long maskBytes = 0;
        if (maskArgument != 0) {
            mask = task.memory().readLong(maskArgument);
            maskBytes = task.memory().readLong(maskArgument + 8);
        }
        if (count < 0) {
            return -Errno.EINVAL;
        }
        long deadline = deadline(task, timeout);
        long result =
                masked(
                        task,
                        mask,
                        maskBytes,
                        () ->
                                SelectSets.select(
                                        task, count, readable, writable, exceptional, deadline));
        return finish(task, result, timeout, deadline);
    }

    /**
     * Writes back how much of the time-out is left. If the guest's memory does not take that, an
     * interrupted call cannot be restarted.
     */
    private static long finish(Task task, long result, long timeout, long deadline) {
        if (timeout == 0) {
            return result;
        }
        long left =
                deadline == Scheduler.NEVER
                        ? Long.MAX_VALUE
                        : deadline == NO_WAIT
                                ? 0
                                : Math.max(0, deadline - task.clock().monotonicNanos());
        try {
            TimeValues.writeTimespec(task.memory(), timeout, left);
            return result;
        } catch (ErrnoException readOnly) {
            return result == -Errno.ERESTARTNOHAND ? -Errno.EINTR : result;
        }
    }

    private static long deadline(Task task, long timeout) {
        if (timeout == 0) {
            return Scheduler.NEVER;
        }
        long nanos = TimeValues.readTimespec(task.memory(), timeout);
        return nanos == 0 ? NO_WAIT : TimeValues.after(task, nanos);
    }

    private static long masked(Task task, long mask, long maskBytes, LongSupplier call) {
        return mask == 0
                ? call.getAsLong()
                : task.withMask(SignalSets.read(task, mask, maskBytes), call);
    }

    // ---- epoll ----

    @Syscall(nr = 20)
    static long epoll_create1(Task task, @Arg(Arg.Kind.HEX) int flags) {
        if ((flags & ~OpenFlags.O_CLOEXEC) != 0) {
            return -Errno.EINVAL;
        }
        return Descriptors.install(task, task.services().ipc().newEpoll(), flags);
    }

    @Syscall(nr = 21)
    static long epoll_ctl(
            Task task,
            @Arg(Arg.Kind.FD) int epollFd,
            int operation,
            @Arg(Arg.Kind.FD) int fd,
            @Arg(Arg.Kind.ADDRESS) long event) {
        int events = 0;
        long data = 0;
        if (operation != EPOLL_CTL_DEL) {
            events = task.memory().readInt(event);
            data = task.memory().readLong(event + EPOLL_DATA);
        }
        OpenFile outer = task.files().get(epollFd);
        if (outer == null) {
            return -Errno.EBADF;
        }
        OpenFile file = task.files().get(fd);
        try {
            if (file == null) {
                return -Errno.EBADF;
            }
            return file.waitQueue() == null
                    ? -Errno.EPERM
                    : control(outer, operation, fd, file, events, data);
        } finally {
            outer.release();
            if (file != null) {
                file.release();
            }
        }
    }

    private static long control(
            OpenFile outer, int operation, int fd, OpenFile file, int events, long data) {
        if (outer == file || !(outer instanceof Epoll epoll)) {
            return -Errno.EINVAL;
        }
        return switch (operation) {
            case EPOLL_CTL_ADD -> epoll.add(fd, file, events, data);
            case EPOLL_CTL_DEL -> epoll.remove(fd, file);
            case EPOLL_CTL_MOD -> epoll.modify(fd, file, events, data);
            default -> -Errno.EINVAL;
        };
    }

    @Syscall(nr = 22)
    static long epoll_pwait(
            Task task,
            @Arg(Arg.Kind.FD) int epollFd,
            @Arg(Arg.Kind.ADDRESS) long events,
            int limit,
            int timeoutMillis,
            @Arg(Arg.Kind.ADDRESS) long mask,
            long maskBytes) {
        long deadline =
                timeoutMillis < 0
                        ? Scheduler.NEVER
                        : timeoutMillis == 0
                                ? NO_WAIT
                                : TimeValues.after(task, timeoutMillis * 1_000_000L);
        return masked(
                task, mask, maskBytes, () -> epollWait(task, epollFd, events, limit, deadline));
    }

    @Syscall(nr = 441)
    static long epoll_pwait2(
            Task task,
            @Arg(Arg.Kind.FD) int epollFd,
            @Arg(Arg.Kind.ADDRESS) long events,
            int limit,
            @Arg(Arg.Kind.ADDRESS) long timeout,
            @Arg(Arg.Kind.ADDRESS) long mask,
            long maskBytes) {
        long deadline = deadline(task, timeout);
        return masked(
                task, mask, maskBytes, () -> epollWait(task, epollFd, events, limit, deadline));
    }

    private static long epollWait(Task task, int epollFd, long events, int limit, long deadline) {
        if (limit <= 0 || limit > MAX_EPOLL_EVENTS) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(epollFd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            return file instanceof Epoll epoll
                    ? epoll.await(task, limit, deadline, new EventWriter(task.memory(), events))
                    : -Errno.EINVAL;
        } finally {
            file.release();
        }
    }

    /** Writes events to an array in guest memory. */
    private static final class EventWriter implements Epoll.Sink {
        private final UserMemory memory;
        private long address;

        EventWriter(UserMemory memory, long address) {
            this.memory = memory;
            this.address = address;
        }

        @Override
        public void event(int events, long data) {
            memory.writeInt(address, events);
            memory.writeLong(address + EPOLL_DATA, data);
            address += EPOLL_EVENT_BYTES;
        }
    }
}
