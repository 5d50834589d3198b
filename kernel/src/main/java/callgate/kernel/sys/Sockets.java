package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.net.Address;
import callgate.kernel.net.Receiving;
import callgate.kernel.net.Sending;
import callgate.kernel.net.Socket;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.OpenFile;

/** Sockets. SOCK_CLOEXEC and SOCK_NONBLOCK are the same numbers as O_CLOEXEC and O_NONBLOCK. */
final class Sockets {
    private static final int CREATION_FLAGS = OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK;

    /** Bytes of struct sockaddr_storage. */
    static final int MAX_ADDRESS = 128;

    private static final int MAX_OPTION = 4096;

    private Sockets() {}

    /** What a call does with its socket. */
    @FunctionalInterface
    interface Operation {
        long on(Socket socket);
    }

    /** The socket of a descriptor, held during the operation; {@code -EBADF}, {@code -ENOTSOCK}. */
    static long with(Task task, int fd, Operation operation) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            return file instanceof Socket socket ? operation.on(socket) : -Errno.ENOTSOCK;
        } finally {
            file.release();
        }
    }

    // ---- making ----

    @Syscall(nr = 198)
    static long socket(Task task, int family, @Arg(HEX) int typeAndFlags, int protocol) {
        if (hasUnknownFlags(typeAndFlags)) {
            return -Errno.EINVAL;
        }
        Socket socket =
                task.services()
                        .network()
                        .open(task, family, typeAndFlags & SocketNumbers.SOCK_TYPE_MASK, protocol);
        return install(task, socket, typeAndFlags);
    }

    private static boolean hasUnknownFlags(int typeAndFlags) {
        return (typeAndFlags & ~(CREATION_FLAGS | SocketNumbers.SOCK_TYPE_MASK)) != 0;
    }

    private static long install(Task task, Socket socket, int flags) {
        socket.setStatusFlags(flags & OpenFlags.O_NONBLOCK);
        return Descriptors.install(task, socket, flags);
    }

    @Syscall(nr = 199)
    static long socketpair(
            Task task,
            int family,
            @Arg(HEX) int typeAndFlags,
            int protocol,
            @Arg(ADDRESS) long descriptors) {
        if (hasUnknownFlags(typeAndFlags)) {
            return -Errno.EINVAL;
        }
        Socket[] pair =
                task.services()
                        .network()
                        .openPair(
                                task,
                                family,
                                typeAndFlags & SocketNumbers.SOCK_TYPE_MASK,
                                protocol);
        for (Socket socket : pair) {
            socket.setStatusFlags(typeAndFlags & OpenFlags.O_NONBLOCK);
        }
        return Descriptors.installPair(task, pair[0], pair[1], typeAndFlags, descriptors);
    }

    // ---- names and connections ----

    @Syscall(nr = 200)
    static long bind(Task task, @Arg(FD) int fd, @Arg(ADDRESS) long address, int length) {
        return with(task, fd, socket -> socket.bind(task, readAddress(task, address, length)));
    }

    @Syscall(nr = 201)
    static long listen(Task task, @Arg(FD) int fd, int backlog) {
        return with(task, fd, socket -> socket.listen(task, backlog));
    }

    @Syscall(nr = 202)
    static long accept(
            Task task, @Arg(FD) int fd, @Arg(ADDRESS) long address, @Arg(ADDRESS) long length) {
        return accept4(task, fd, address, length, 0);
    }

    @Syscall(nr = 242)
    static long accept4(
            Task task,
            @Arg(FD) int fd,
            @Arg(ADDRESS) long address,
            @Arg(ADDRESS) long length,
            @Arg(HEX) int flags) {
        if ((flags & ~CREATION_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        return with(
                task,
                fd,
                socket -> {
                    Socket connection = socket.accept(task);
                    connection.setStatusFlags(flags & OpenFlags.O_NONBLOCK);
                    byte[] peer = address == 0 ? null : peerOrUnnamed(connection);
                    int added =
                            task.files()
                                    .add(
                                            connection,
                                            0,
                                            task.descriptorLimit(),
                                            (flags & OpenFlags.O_CLOEXEC) != 0);
                    if (added < 0) {
                        socket.unaccept(connection);
                        return added;
                    }
                    boolean told = false;
                    try {
                        if (peer != null) {
                            writeAddress(task, peer, address, length);
                        }
                        told = true;
                        return added;
                    } finally {
                        if (!told) {
                            Descriptors.uninstall(task, added);
                        }
                    }
                });
    }

    /** A peer may have gone before its connection was accepted. */
    private static byte[] peerOrUnnamed(Socket connection) {
        try {
            return connection.peerAddress().encode();
        } catch (ErrnoException gone) {
            return new byte[] {(byte) connection.family(), 0};
        }
    }

    @Syscall(nr = 203)
    static long connect(Task task, @Arg(FD) int fd, @Arg(ADDRESS) long address, int length) {
        return with(task, fd, socket -> socket.connect(task, readAddress(task, address, length)));
    }

    @Syscall(nr = 204)
    static long getsockname(
            Task task, @Arg(FD) int fd, @Arg(ADDRESS) long address, @Arg(ADDRESS) long length) {
        return with(task, fd, socket -> tellAddress(task, socket.localAddress(), address, length));
    }

    @Syscall(nr = 205)
    static long getpeername(
            Task task, @Arg(FD) int fd, @Arg(ADDRESS) long address, @Arg(ADDRESS) long length) {
        return with(task, fd, socket -> tellAddress(task, socket.peerAddress(), address, length));
    }

    private static long tellAddress(Task task, Address told, long address, long length) {
        writeAddress(task, told.encode(), address, length);
        return 0;
    }

    static byte[] readAddress(Task task, long address, int length) {
        if (length < 0 || length > MAX_ADDRESS) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return task.memory().read(address, length);
    }

    /** Writes as much of an address as fits, and its whole length. */
    static void writeAddress(Task task, byte[] encoded, long address, long lengthAddress) {
        int room = task.memory().readInt(lengthAddress);
        if (room < 0) {
            throw new ErrnoException(Errno.EINVAL);
        }
        task.memory().write(address, encoded, 0, Math.min(room, encoded.length));
        task.memory().writeInt(lengthAddress, encoded.length);
    }

    @Syscall(nr = 210)
    static long shutdown(Task task, @Arg(FD) int fd, int how) {
        return with(
                task,
                fd,
                socket ->
                        how < SocketNumbers.SHUT_RD || how > SocketNumbers.SHUT_RDWR
                                ? -Errno.EINVAL
                                : socket.shutdown(how));
    }

    // ---- bytes ----

    @Syscall(nr = 206)
    static long sendto(
            Task task,
            @Arg(FD) int fd,
            @Arg(Arg.Kind.BYTES_IN) long buffer,
            long length,
            @Arg(HEX) int flags,
            @Arg(ADDRESS) long address,
            int addressLength) {
        if (SocketMessages.hasUnknownFlags(flags)) {
            return -Errno.EINVAL;
        }
        return with(
                task,
                fd,
                socket -> {
                    byte[] target = address == 0 ? null : readAddress(task, address, addressLength);
                    return socket.send(
                            task,
                            task.memory().buffer(buffer, length),
                            new Sending(flags, target, null));
                });
    }

    @Syscall(nr = 207)
    static long recvfrom(
            Task task,
            @Arg(FD) int fd,
            @Arg(Arg.Kind.BYTES_OUT) long buffer,
            long length,
            @Arg(HEX) int flags,
            @Arg(ADDRESS) long address,
            @Arg(ADDRESS) long addressLength) {
        if (SocketMessages.hasUnknownFlags(flags)) {
            return -Errno.EINVAL;
        }
        return with(
                task,
                fd,
                socket -> {
                    Receiving message = new Receiving(flags);
                    IoBuffer to = task.memory().buffer(buffer, length);
                    long result;
                    try {
                        result = socket.receive(task, to, message);
                    } finally {
                        if (message.ancillary != null) {
                            message.ancillary.release();
                        }
                    }
                    if (result >= 0 && address != 0) {
                        byte[] from = message.from == null ? new byte[0] : message.from.encode();
                        writeAddress(task, from, address, addressLength);
                    }
                    return SocketMessages.length(message, result);
                });
    }

    // ---- options ----

    @Syscall(nr = 208)
    static long setsockopt(
            Task task, @Arg(FD) int fd, int level, int name, @Arg(ADDRESS) long value, int length) {
        return with(
                task,
                fd,
                socket -> {
                    if (length < 0) {
                        return -Errno.EINVAL;
                    }
                    return socket.setOption(
                            task,
                            level,
                            name,
                            task.memory().read(value, Math.min(length, MAX_OPTION)));
                });
    }

    @Syscall(nr = 209)
    static long getsockopt(
            Task task,
            @Arg(FD) int fd,
            int level,
            int name,
            @Arg(ADDRESS) long value,
            @Arg(ADDRESS) long lengthAddress) {
        return with(
                task,
                fd,
                socket -> {
                    int room = task.memory().readInt(lengthAddress);
                    if (room < 0) {
                        return -Errno.EINVAL;
                    }
                    byte[] option = socket.option(task, level, name);
                    int length = Math.min(room, option.length);
                    task.memory().write(value, option, 0, length);
                    task.memory().writeInt(lengthAddress, length);
                    return 0;
                });
    }
}
