package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.net.Receiving;
import callgate.kernel.net.Sending;
import callgate.kernel.net.Socket;
import callgate.kernel.task.Task;
import callgate.kernel.wait.Scheduler;

/** Sockets: {@code struct msghdr} and its calls. */
final class SocketMessages {
    // struct msghdr
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int VECTOR = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;

    /** Bytes of struct mmsghdr: a msghdr, and a length. */
    private static final int MULTIPLE_BYTES = 64;

    private static final int MULTIPLE_LENGTH = 56;

    /** UIO_MAXIOV, which also bounds the messages of one call. */
    private static final int MAX_MESSAGES = 1024;

    private static final int ZEROCOPY = 0x4000000;
    private static final int KNOWN_FLAGS =
            SocketNumbers.MSG_OOB
                    | SocketNumbers.MSG_PEEK
                    | SocketNumbers.MSG_DONTROUTE
                    | SocketNumbers.MSG_CTRUNC
                    | SocketNumbers.MSG_TRUNC
                    | SocketNumbers.MSG_DONTWAIT
                    | SocketNumbers.MSG_EOR
                    | SocketNumbers.MSG_WAITALL
                    | SocketNumbers.MSG_CONFIRM
                    | SocketNumbers.MSG_ERRQUEUE
                    | SocketNumbers.MSG_NOSIGNAL
                    | SocketNumbers.MSG_MORE
                    | SocketNumbers.MSG_WAITFORONE
                    | ZEROCOPY
                    | SocketNumbers.MSG_CMSG_CLOEXEC;

    private SocketMessages() {}

    static boolean hasUnknownFlags(int flags) {
        return (flags & ~KNOWN_FLAGS) != 0;
    }

    /**
     * What a receiving call returns: with MSG_TRUNC, the whole length of a message that was cut.
     */
    static long length(Receiving message, long result) {
        boolean whole = (message.flags & SocketNumbers.MSG_TRUNC) != 0;
        return result >= 0 && whole ? Math.max(result, message.messageBytes) : result;
    }

    // ---- sending ----

    @Syscall(nr = 211)
    static long sendmsg(
            Task task, @Arg(FD) int fd, @Arg(ADDRESS) long header, @Arg(HEX) int flags) {
        if (hasUnknownFlags(flags)) {
            return -Errno.EINVAL;
        }
        return Sockets.with(task, fd, socket -> send(task, socket, header, flags));
    }

    private static long send(Task task, Socket socket, long header, int flags) {
        UserMemory memory = task.memory();
        long name = memory.readLong(header + NAME);
        int nameLength = memory.readInt(header + NAME_LENGTH);
        byte[] address =
                name == 0 || nameLength == 0 ? null : Sockets.readAddress(task, name, nameLength);
        long count = memory.readLong(header + VECTOR_COUNT);
        if (count < 0 || count > MAX_MESSAGES) {
            return -Errno.EMSGSIZE;
        }
        var bytes = memory.vector(memory.readLong(header + VECTOR), count);
        Sending message =
                new Sending(
                        flags,
                        address,
                        ControlMessages.read(
                                task,
                                socket,
                                memory.readLong(header + CONTROL),
                                memory.readLong(header + CONTROL_LENGTH)));
        try {
            return socket.send(task, bytes, message);
        } finally {
            if (message.ancillary != null) {
                message.ancillary.release();
            }
        }
    }

    @Syscall(nr = 269)
    static long sendmmsg(
            Task task,
            @Arg(FD) int fd,
            @Arg(ADDRESS) long headers,
            int count,
            @Arg(HEX) int flags) {
        if (hasUnknownFlags(flags)) {
            return -Errno.EINVAL;
        }
        int limit = count < 0 ? MAX_MESSAGES : Math.min(count, MAX_MESSAGES);
        return Sockets.with(
                task,
                fd,
                socket ->
                        several(task, headers, limit, header -> send(task, socket, header, flags)));
    }

    private interface OneMessage {
        long handle(long header);
    }

    /** Handles messages until one fails; how many, or the first one's error. */
    private static long several(Task task, long headers, int limit, OneMessage one) {
        int done = 0;
        while (done < limit) {
            long header = headers + (long) done * MULTIPLE_BYTES;
            long result;
            try {
                result = one.handle(header);
                if (result >= 0) {
                    task.memory().writeInt(header + MULTIPLE_LENGTH, (int) result);
                }
            } catch (ErrnoException e) {
                result = -e.errno();
            }
            if (result < 0) {
                return done > 0 ? done : result;
            }
            done++;
        }
        return done;
    }

    // ---- receiving ----

    @Syscall(nr = 212)
    static long recvmsg(
            Task task, @Arg(FD) int fd, @Arg(ADDRESS) long header, @Arg(HEX) int flags) {
        if (hasUnknownFlags(flags)) {
            return -Errno.EINVAL;
        }
        return Sockets.with(task, fd, socket -> receive(task, socket, header, flags));
    }

    private static long receive(Task task, Socket socket, long header, int flags) {
        UserMemory memory = task.memory();
        long name = memory.readLong(header + NAME);
        int nameRoom = memory.readInt(header + NAME_LENGTH);
        long control = memory.readLong(header + CONTROL);
        long controlRoom = memory.readLong(header + CONTROL_LENGTH);
        long count = memory.readLong(header + VECTOR_COUNT);
        if (count < 0 || count > MAX_MESSAGES) {
            return -Errno.EMSGSIZE;
        }
        if (name != 0 && nameRoom < 0) {
            return -Errno.EINVAL;
        }
        Receiving message = new Receiving(flags);
        try {
            long result =
                    socket.receive(
                            task, memory.vector(memory.readLong(header + VECTOR), count), message);
            if (result < 0) {
                return result;
            }
            if (name != 0) {
                byte[] from = message.from == null ? new byte[0] : message.from.encode();
                memory.write(name, from, 0, Math.min(nameRoom, from.length));
                memory.writeInt(header + NAME_LENGTH, from.length);
            }
            long controlLength = ControlMessages.write(task, socket, message, control, controlRoom);
            memory.writeLong(header + CONTROL_LENGTH, controlLength);
            memory.writeInt(
                    header + FLAGS, message.messageFlags | flags & SocketNumbers.MSG_CMSG_CLOEXEC);
            return length(message, result);
        } finally {
            if (message.ancillary != null) {
                message.ancillary.release();
            }
        }
    }

    @Syscall(nr = 243)
    static long recvmmsg(
            Task task,
            @Arg(FD) int fd,
            @Arg(ADDRESS) long headers,
            int count,
            @Arg(HEX) int flags,
            @Arg(ADDRESS) long timeout) {
        if (hasUnknownFlags(flags)) {
            return -Errno.EINVAL;
        }
        int limit = count < 0 ? MAX_MESSAGES : Math.min(count, MAX_MESSAGES);
        long deadline = TimeValues.deadline(task, timeout);
        boolean[] first = {true};
        long result =
                Sockets.with(
                        task,
                        fd,
                        socket ->
                                several(
                                        task,
                                        headers,
                                        limit,
                                        header -> {
                                            boolean waits =
                                                    first[0]
                                                            || (flags
                                                                            & SocketNumbers
                                                                                    .MSG_WAITFORONE)
                                                                    == 0;
                                            if (!first[0]
                                                    && deadline != Scheduler.NEVER
                                                    && task.clock().monotonicNanos() >= deadline) {
                                                return -Errno.EAGAIN;
                                            }
                                            first[0] = false;
                                            int own = flags & ~SocketNumbers.MSG_WAITFORONE;
                                            return receive(
                                                    task,
                                                    socket,
                                                    header,
                                                    waits ? own : own | SocketNumbers.MSG_DONTWAIT);
                                        }));
        if (timeout != 0 && result >= 0) {
            TimeValues.writeTimespec(
                    task.memory(), timeout, Math.max(0, deadline - task.clock().monotonicNanos()));
        }
        return result;
    }
}
