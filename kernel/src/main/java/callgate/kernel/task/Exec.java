package callgate.kernel.task;

import callgate.kernel.abi.AtFlags;
import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.mm.exec.ExecRequest;
import callgate.kernel.mm.exec.ExecutableFile;
import callgate.kernel.mm.exec.LoadedProgram;
import callgate.kernel.vfs.Access;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.FileTable;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.MappedOpenFile;
import callgate.kernel.vfs.Mount;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.vfs.PathWalk;
import callgate.kernel.vfs.RegularFile;
import callgate.machine.hart.Hart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Replacing the program of a process: execve(2), execveat(2). Own thread of the calling task. */
public final class Exec {
    public static final int AT_FDCWD = AtFlags.AT_FDCWD;

    /** Longest single argument with its NUL, as Linux's MAX_ARG_STRLEN. */
    private static final int STRING_LIMIT = 131072;

    /**
     * All arguments, environment and the pointers to them: three quarters of Linux's largest stack.
     */
    private static final long TOTAL_LIMIT = 6L << 20;

    private Exec() {}

    // ---- from system calls ----

    /**
     * The addresses are of guest memory. 0 if the task goes on in a new program; else a negative
     * errno.
     */
    public static long run(
            Task task, int directory, long path, long arguments, long environment, int flags) {
        if ((flags & ~(AtFlags.AT_EMPTY_PATH | AtFlags.AT_SYMLINK_NOFOLLOW)) != 0) {
            return -Errno.EINVAL;
        }
        String name = task.memory().readPath(path);
        OpenFile file = open(task, directory, name, flags);
        String shown = shownName(directory, name);
        LoadedProgram program;
        Credentials credentials;
        try {
            List<String> argv = readStrings(task.memory(), arguments, 0);
            List<String> envp = readStrings(task.memory(), environment, sizeOf(argv));
            credentials = credentialsFor(task, file);
            program = load(task, new Program(shown, file.retain(), argv, envp), credentials);
        } finally {
            file.release();
        }
        if (!becomeOnlyTask(task)) {
            program.space().discard();
            program.file().release();
            return -Errno.ERESTARTNOINTR;
        }
        replace(task, program, credentials, shown);
        return 0;
    }

    private static String shownName(int directory, String name) {
        if (directory == AT_FDCWD || name.startsWith("/")) {
            return name;
        }
        return name.isEmpty() ? "/dev/fd/" + directory : "/dev/fd/" + directory + "/" + name;
    }

    private static List<String> readStrings(UserMemory memory, long array, long used) {
        List<String> strings = new ArrayList<>();
        long total = used;
        for (long at = array; array != 0; at += Long.BYTES) {
            long address = memory.readLong(at);
            if (address == 0) {
                break;
            }
            String string = memory.readString(address, STRING_LIMIT);
            if (string == null) {
                throw new ErrnoException(Errno.E2BIG);
            }
            total += string.length() + 1 + Long.BYTES;
            if (total > TOTAL_LIMIT) {
                throw new ErrnoException(Errno.E2BIG);
            }
            strings.add(string);
        }
        return strings;
    }

    private static long sizeOf(List<String> strings) {
        long total = 0;
        for (String string : strings) {
            total += string.length() + 1 + Long.BYTES;
        }
        return total;
    }

    // ---- finding and loading ----

    /** A program to be run: {@code file}'s reference is taken over. */
    public record Program(
            String path, OpenFile file, List<String> arguments, List<String> environment) {}

    /** Opens a file to be executed: ErrnoException ENOENT, EACCES, ELOOP and the like. */
    public static OpenFile open(Task task, int directory, String name, int flags) {
        Path start = null;
        if (directory != AT_FDCWD && !name.startsWith("/")) {
            start = task.files().startOf(directory, name);
        }
        PathWalk walk = new PathWalk(task, task.fs(), start);
        boolean follow = (flags & AtFlags.AT_SYMLINK_NOFOLLOW) == 0;
        boolean empty = (flags & AtFlags.AT_EMPTY_PATH) != 0;
        int result =
                walk.walk(
                        name, (follow ? PathWalk.FOLLOW : 0) | (empty ? PathWalk.ALLOW_EMPTY : 0));
        if (result != 0) {
            throw new ErrnoException(-result);
        }
        Inode inode = walk.inode();
        if (inode.isSymlink()) {
            throw new ErrnoException(Errno.ELOOP);
        }
        if (!inode.isRegular()
                || walk.mount().forbidsExecution()
                || !Access.allows(task.credentials(), inode, Access.EXECUTE)) {
            throw new ErrnoException(Errno.EACCES);
        }
        return RegularFile.ofProgram(walk.path(), inode);
    }

    /** Loads a program into a new address space; errors by ErrnoException. */
    public static LoadedProgram load(Task task, Program program, Credentials credentials) {
        ExecRequest request =
                new ExecRequest(
                        program.path(),
                        new MappedOpenFile(program.file()),
                        program.arguments(),
                        program.environment(),
                        credentials.uid(),
                        credentials.euid(),
                        credentials.gid(),
                        credentials.egid(),
                        isSecure(task.credentials(), credentials),
                        task.process().limits.forMemory());
        return task.services().loader().load(request, path -> openInterpreter(task, path));
    }

    private static ExecutableFile openInterpreter(Task task, String path) {
        return new MappedOpenFile(open(task, AT_FDCWD, path, 0));
    }

    // ---- credentials: capabilities(7), "Transformation of capabilities during execve()" ----

    private static Credentials credentialsFor(Task task, OpenFile file) {
        Credentials old = task.credentials();
        int euid = old.euid();
        int egid = old.egid();
        Path path = file.path();
        boolean mayRaise =
                !task.noNewPrivileges
                        && path != null
                        && (path.mount().flags() & Mount.MS_NOSUID) == 0;
        int mode = file.inode().mode();
        if (mayRaise && (mode & Mode.S_ISUID) != 0) {
            euid = file.inode().uid();
        }
        if (mayRaise && (mode & Mode.S_ISGID) != 0 && (mode & 0010) != 0) {
            egid = file.inode().gid();
        }
        boolean changes = euid != old.euid() || egid != old.egid();
        long ambient = changes ? 0 : old.ambient();
        boolean root = old.uid() == 0 || euid == 0;
        long permitted = root ? old.inheritable() | old.bounding() : ambient;
        long effective = root ? (euid == 0 ? permitted : ambient) : ambient;
        return new Credentials(
                old.uid(),
                euid,
                euid,
                euid,
                old.gid(),
                egid,
                egid,
                egid,
                old.groups(),
                effective,
                permitted,
                old.inheritable(),
                old.bounding(),
                ambient);
    }

    private static boolean isSecure(Credentials old, Credentials changed) {
        return changed.euid() != changed.uid()
                || changed.egid() != changed.gid()
                || old.euid() != changed.euid()
                || old.egid() != changed.egid();
    }

    // ---- the point of no return ----

    /**
     * Ends the other tasks of the process and waits for that; false if this one is to end itself.
     */
    private static boolean becomeOnlyTask(Task task) {
        Process process = task.process();
        synchronized (process) {
            if (process.exiting || process.executing != null || task.isKilled()) {
                return false;
            }
            process.executing = task;
            for (Task other : process.tasks) {
                if (other != task) {
                    other.kill();
                }
            }
        }
        while (true) {
            task.waiter().prepare();
            synchronized (process) {
                if (process.tasks.size() == 1 || task.isKilled()) {
                    process.executing = null;
                    if (task.isKilled()) {
                        return false;
                    }
                    break;
                }
            }
            task.waiter().awaitUninterruptibly();
        }
        if (task.tid() != process.pid()) {
            takeLeadersNumber(task, process);
        }
        return true;
    }

    private static void takeLeadersNumber(Task task, Process process) {
        TaskTable table = process.table();
        int old = task.tid();
        table.remove(task);
        table.free(old);
        task.setTid(process.pid());
        table.add(task);
        process.leader = task;
    }

    private static void replace(
            Task task, LoadedProgram program, Credentials credentials, String shown) {
        Process process = task.process();
        TaskExit.leaveSpaceQuietly(task);
        task.enterSpace(program.space());
        TaskExit.finishVfork(task);
        process.setExecutable(program.file());
        process.hasExecuted = true;
        process.exitSignal = callgate.kernel.abi.Signals.SIGCHLD;
        process.handlers = process.handlers.afterExec();
        process.timers.deletePosix();
        task.altStack = AltStack.NONE;
        task.restartCall = null;
        task.robustList = 0;
        task.setKeepsCapabilities(false);
        closeFiles(task);
        if (isSecure(task.credentials(), credentials)) {
            task.deathSignal = 0;
            process.dumpable = false;
        } else {
            process.dumpable = true;
        }
        task.setCredentials(credentials);
        task.setName(shown.substring(shown.lastIndexOf('/') + 1));
        setRegisters(task.hart(), program);
        task.addWork(Task.LEAVE);
    }

    private static void closeFiles(Task task) {
        FileTable files = task.files();
        if (files.isShared()) {
            task.setFiles(files.copy());
            files.release();
        }
        task.files().closeForExec();
    }

    /** The state a program starts with: all registers zero but pc and sp. */
    static void setRegisters(Hart hart, LoadedProgram program) {
        Arrays.fill(hart.x, 0);
        Arrays.fill(hart.f, 0);
        hart.fflags = 0;
        hart.frm = 0;
        hart.x[2] = program.stackPointer();
        hart.pc = program.entry();
        hart.clearReservation();
    }
}
