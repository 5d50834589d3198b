package callgate.kernel.task;

import callgate.kernel.abi.Errno;

/** Replacing the program of a process: execve(2), execveat(2). */
public final class Exec {
    public static final int AT_FDCWD = -100;

    private Exec() {}

    public static long run(Task task, int directory, long path, long arguments, long environment, int flags) {
        return -Errno.ENOSYS;
    }
}
