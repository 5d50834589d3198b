package callgate.kernel.task;

import static callgate.kernel.task.CloneFlags.*;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.vfs.FileTable;
import callgate.kernel.vfs.FsContext;
import callgate.kernel.vfs.OpenFile;
import callgate.machine.hart.Hart;

/**
 * Making a task or a process from the calling one: clone(2), clone3(2), fork, vfork,
 * pthread_create.
 */
public final class Clone {
    private static final int SP = 2;
    private static final int TP = 4;
    private static final int A0 = 10;

    /**
     * What clone3 takes; clone and fork make one too.
     *
     * @param flags without the signal
     * @param stack the child's stack pointer, or 0 to keep the parent's
     */
    public record Request(
            long flags,
            long pidfd,
            long childTid,
            long parentTid,
            int exitSignal,
            long stack,
            long tls) {
        boolean is(long flag) {
            return (flags & flag) != 0;
        }
    }

    private final Task parent;
    private final Request request;

    private Clone(Task parent, Request request) {
        this.parent = parent;
        this.request = request;
    }

    /** The new task's number, or a negative errno. */
    public static long run(Task parent, Request request) {
        int invalid = check(request);
        return invalid != 0 ? invalid : new Clone(parent, request).run();
    }

    private static int check(Request request) {
        boolean thread = request.is(CLONE_THREAD);
        boolean handlers = request.is(CLONE_SIGHAND);
        if (thread && !handlers
                || handlers && !request.is(CLONE_VM)
                || handlers && request.is(CLONE_CLEAR_SIGHAND)
                || request.is(CLONE_PIDFD) && request.is(CLONE_DETACHED)
                || request.exitSignal < 0
                || request.exitSignal > SignalHandlers.COUNT) {
            return -Errno.EINVAL;
        }
        if (request.is(CLONE_FS) && request.is(CLONE_NEWNS | CLONE_NEWUSER)) {
            return -Errno.EINVAL;
        }
        if (request.is(NAMESPACES)) {
            return -Errno.EPERM;
        }
        return 0;
    }

    private long run() {
        TaskTable table = parent.services().table();
        if (exceedsUserLimit(table)) {
            return -Errno.EAGAIN;
        }
        int tid = table.allocate();
        if (tid < 0) {
            return tid;
        }
        Task child = null;
        try {
            child = makeTask(tid);
            prepareRegisters(child);
            writeNumbers(child);
        } catch (ErrnoException | OutOfMemoryError error) {
            if (child != null) {
                discard(child);
            }
            table.free(tid);
            return error instanceof ErrnoException e ? -e.errno() : -Errno.ENOMEM;
        }
        return publishAndStart(child, table);
    }

    private long publishAndStart(Task child, TaskTable table) {
        Process process = child.process();
        VforkWait vfork = null;
        if (request.is(CLONE_VFORK)) {
            vfork = new VforkWait(parent);
            child.vforkParent = vfork;
        }
        synchronized (process) {
            // a thread of a process that is ending, or that another thread runs exec in, must not
            // appear
            boolean tooLate =
                    request.is(CLONE_THREAD)
                            ? process.exiting || process.executing != null || parent.isKilled()
                            : parent.isKilled();
            if (tooLate) {
                discard(child);
                table.free(child.tid());
                return -Errno.ERESTARTNOINTR;
            }
            process.tasks.add(child);
            if (process.stopSignal != 0) {
                child.interruptFor(Task.STOP);
            }
        }
        table.add(child);
        if (!request.is(CLONE_THREAD)) {
            table.add(
                    process, request.is(CLONE_PARENT) ? parent.process().parent : parent.process());
        }
        if (!request.is(CLONE_THREAD)) {
            process.timers.cpuLimitInherited();
        }
        int tid = child.tid();
        try {
            child.services().scheduler().start("task " + tid, child.waiter(), new TaskLoop(child));
        } catch (OutOfMemoryError noThread) {
            undo(child, table);
            return -Errno.EAGAIN;
        }
        if (vfork != null) {
            vfork.await();
        }
        return tid;
    }

    /** The host could not make a thread. */
    private void undo(Task child, TaskTable table) {
        Process process = child.process();
        synchronized (process) {
            process.tasks.remove(child);
        }
        table.remove(child);
        discard(child);
        if (request.is(CLONE_THREAD)) {
            table.free(child.tid());
        } else {
            table.remove(process);
        }
    }

    private static void discard(Task child) {
        child.leaveSpace();
        child.files().release();
        child.ended = true;
        if (child.process().leader == child) {
            child.process().setExecutable(null);
        }
    }

    // ---- the parts of a task ----

    private Task makeTask(int tid) {
        FileTable files = request.is(CLONE_FILES) ? parent.files().retain() : parent.files().copy();
        AddressSpace space = request.is(CLONE_VM) ? parent.space() : forkSpace(files);
        FsContext fs = request.is(CLONE_FS) ? parent.fs() : parent.fs().copy();
        Process process = request.is(CLONE_THREAD) ? parent.process() : makeProcess(tid);
        Task child =
                new Task(parent.services(), process, tid, space, files, fs, parent.credentials());
        if (process != parent.process()) {
            process.leader = child;
        }
        child.setMask(parent.mask());
        child.setName(parent.name());
        child.noNewPrivileges = parent.noNewPrivileges;
        child.niceness = parent.niceness;
        child.setPolicy(parent.policy(), parent.realtimePriority());
        child.setPersonality(parent.personality());
        child.setKeepsCapabilities(parent.keepsCapabilities());
        child.affinity = parent.affinity;
        // a thread without vfork's promise starts without an alternate stack: clone(2)
        child.altStack =
                request.is(CLONE_VM) && !request.is(CLONE_VFORK) ? AltStack.NONE : parent.altStack;
        child.clearChildTid = request.is(CLONE_CHILD_CLEARTID) ? request.childTid : 0;
        return child;
    }

    /** A copy of the memory; without memory for it, the child's files are given back. */
    private AddressSpace forkSpace(FileTable files) {
        AddressSpace copy = parent.space().fork(parent.services().pageTables().take());
        if (copy == null) {
            files.release();
            throw new ErrnoException(Errno.ENOMEM);
        }
        return copy;
    }

    private Process makeProcess(int pid) {
        Process old = parent.process();
        SignalHandlers handlers;
        if (request.is(CLONE_SIGHAND)) {
            handlers = old.handlers;
        } else if (request.is(CLONE_CLEAR_SIGHAND)) {
            handlers = old.handlers.afterExec();
        } else {
            handlers = old.handlers.copy();
        }
        Process process =
                new Process(
                        pid,
                        parent.services().table(),
                        parent.services(),
                        handlers,
                        old.limits,
                        parent.services().clock().monotonicNanos());
        process.exitSignal = request.is(CLONE_PARENT) ? old.exitSignal : request.exitSignal;
        process.dumpable = old.dumpable;
        process.setExecutable(old.shareExecutable());
        return process;
    }

    private void prepareRegisters(Task child) {
        Hart hart = child.hart();
        hart.copyRegisters(parent.hart());
        hart.x[A0] = 0;
        if (request.stack != 0) {
            hart.x[SP] = request.stack;
        }
        if (request.is(CLONE_SETTLS)) {
            hart.x[TP] = request.tls;
        }
    }

    private void writeNumbers(Task child) {
        if (request.is(CLONE_PARENT_SETTID)) {
            parent.memory().writeInt(request.parentTid, child.tid());
        }
        if (request.is(CLONE_CHILD_SETTID)) {
            try {
                child.memory().writeInt(request.childTid, child.tid());
            } catch (ErrnoException ignored) {
                // Linux ignores it too: the child alone would notice
            }
        }
        if (request.is(CLONE_PIDFD)) {
            installPidFile(child);
        }
    }

    private void installPidFile(Task child) {
        OpenFile file =
                new PidFile(
                        child.process(),
                        parent.services().ipc().eventInode(),
                        callgate.kernel.abi.OpenFlags.O_RDWR);
        int fd = parent.files().add(file, 0, parent.descriptorLimit(), true);
        if (fd < 0) {
            file.release();
            throw new ErrnoException(-fd);
        }
        try {
            parent.memory().writeInt(request.pidfd, fd);
        } catch (ErrnoException fault) {
            OpenFile removed = parent.files().remove(fd);
            if (removed != null) {
                removed.release();
            }
            throw fault;
        }
    }

    /** RLIMIT_NPROC: tasks of one user; root is exempt. */
    private boolean exceedsUserLimit(TaskTable table) {
        long limit = parent.limit(Limits.NPROC);
        int uid = parent.credentials().uid();
        if (limit < 0 || uid == 0 || limit >= table.limit()) {
            return false;
        }
        return table.tasks().stream().filter(task -> task.credentials().uid() == uid).count()
                >= limit;
    }
}
