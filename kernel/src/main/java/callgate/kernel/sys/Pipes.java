package callgate.kernel.sys;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.ipc.Ipc;
import callgate.kernel.task.Task;

/** Pipes. */
final class Pipes {
    private Pipes() {}

    @Syscall(nr = 59, missing = "O_DIRECT")
    static long pipe2(
            Task task,
            @Arg(Arg.Kind.ADDRESS) long descriptors,
            @Arg(Arg.Kind.OPEN_FLAGS) int flags) {
        if ((flags & ~(OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK)) != 0) {
            return -Errno.EINVAL;
        }
        Ipc.Ends ends =
                task.services().ipc().newPipe(task.credentials(), flags & OpenFlags.O_NONBLOCK);
        return Descriptors.installPair(task, ends.reader(), ends.writer(), flags, descriptors);
    }
}
