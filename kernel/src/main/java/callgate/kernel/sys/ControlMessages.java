package callgate.kernel.sys;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.net.Ancillary;
import callgate.kernel.net.Receiving;
import callgate.kernel.net.Sender;
import callgate.kernel.net.Socket;
import callgate.kernel.net.SocketBytes;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.OpenFile;
import java.util.ArrayList;
import java.util.List;

/**
 * Control messages of AF_UNIX: open files (SCM_RIGHTS) and credentials (SCM_CREDENTIALS). See
 * unix(7), cmsg(3).
 */
final class ControlMessages {
    /** Bytes of struct cmsghdr: length, level, type. */
    private static final int HEADER_BYTES = 16;

    private static final int LEVEL = 8;
    private static final int TYPE = 12;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_CREDENTIALS = 2;
    private static final int CREDENTIALS_BYTES = 12;

    /** SCM_MAX_FD. */
    private static final int MAX_FILES = 253;

    /** Longest control buffer of a sender: net.core.optmem_max. */
    private static final long MAX_CONTROL = 131072;

    private ControlMessages() {}

    private static long aligned(long length) {
        return (length + 7) & ~7L;
    }

    // ---- sending ----

    /**
     * What the control messages at {@code address} say, with references to the files; null if there
     * are none.
     */
    static Ancillary read(Task task, Socket socket, long address, long length) {
        if (address == 0 || length == 0) {
            return null;
        }
        if (length < 0 || length > MAX_CONTROL) {
            throw new ErrnoException(Errno.ENOBUFS);
        }
        if (task.services().network().hasTooManyFilesInFlight()) {
            throw new ErrnoException(Errno.ETOOMANYREFS);
        }
        List<OpenFile> files = new ArrayList<>();
        boolean complete = false;
        try {
            Sender sender = parse(task, task.memory().read(address, (int) length), files);
            complete = true;
            if (socket.family() != SocketNumbers.AF_UNIX || sender == null && files.isEmpty()) {
                complete = false;
                return null;
            }
            return new Ancillary(
                    sender != null ? sender : Sender.of(task), files.toArray(OpenFile[]::new));
        } finally {
            if (!complete) {
                files.forEach(OpenFile::release);
            }
        }
    }

    private static Sender parse(Task task, byte[] control, List<OpenFile> files) {
        Sender sender = null;
        long at = 0;
        while (control.length - at >= HEADER_BYTES) {
            int start = (int) at;
            long length = SocketBytes.getLong(control, start);
            if (length < HEADER_BYTES || length > control.length - at) {
                throw new ErrnoException(Errno.EINVAL);
            }
            if (SocketBytes.getInt(control, start + LEVEL) == SOL_SOCKET) {
                int body = (int) length - HEADER_BYTES;
                switch (SocketBytes.getInt(control, start + TYPE)) {
                    case SCM_RIGHTS ->
                            readFiles(
                                    task,
                                    control,
                                    start + HEADER_BYTES,
                                    body / Integer.BYTES,
                                    files);
                    case SCM_CREDENTIALS ->
                            sender = readSender(task, control, start + HEADER_BYTES, body);
                    default -> throw new ErrnoException(Errno.EINVAL);
                }
            }
            at += aligned(length);
        }
        return sender;
    }

    private static void readFiles(
            Task task, byte[] control, int at, int count, List<OpenFile> files) {
        if (files.size() + count > MAX_FILES) {
            throw new ErrnoException(Errno.EINVAL);
        }
        for (int i = 0; i < count; i++) {
            OpenFile file = task.files().get(SocketBytes.getInt(control, at + i * Integer.BYTES));
            if (file == null) {
                throw new ErrnoException(Errno.EBADF);
            }
            files.add(file);
        }
    }

    private static Sender readSender(Task task, byte[] control, int at, int length) {
        if (length != CREDENTIALS_BYTES) {
            throw new ErrnoException(Errno.EINVAL);
        }
        Credentials own = task.credentials();
        int pid = SocketBytes.getInt(control, at);
        int uid = SocketBytes.getInt(control, at + 4);
        int gid = SocketBytes.getInt(control, at + 8);
        boolean allowed =
                (pid == task.processId() || own.has(Credentials.CAP_SYS_ADMIN))
                        && (uid == own.uid()
                                || uid == own.euid()
                                || uid == own.suid()
                                || own.has(Credentials.CAP_SETUID))
                        && (gid == own.gid()
                                || gid == own.egid()
                                || gid == own.sgid()
                                || own.has(Credentials.CAP_SETGID));
        if (!allowed) {
            throw new ErrnoException(Errno.EPERM);
        }
        return new Sender(pid, uid, gid);
    }

    // ---- receiving ----

    /** Writes what came along; the bytes used. What does not fit is dropped, with MSG_CTRUNC. */
    static long write(Task task, Socket socket, Receiving message, long address, long room) {
        long used = 0;
        if (socket.family() == SocketNumbers.AF_UNIX && socket.passesCredentials()) {
            used = writeSender(task, sender(socket, message), message, address, room);
        }
        if (message.ancillary != null && message.ancillary.files().length > 0) {
            used += writeFiles(task, message, address + used, room - used);
        }
        return used;
    }

    private static Sender sender(Socket socket, Receiving message) {
        Ancillary along = message.ancillary;
        return along != null && along.sender() != null ? along.sender() : socket.defaultSender();
    }

    private static long writeSender(
            Task task, Sender sender, Receiving message, long address, long room) {
        if (room < HEADER_BYTES + CREDENTIALS_BYTES) {
            message.messageFlags |= SocketNumbers.MSG_CTRUNC;
            return 0;
        }
        writeHeader(task.memory(), address, HEADER_BYTES + CREDENTIALS_BYTES, SCM_CREDENTIALS);
        task.memory().write(address + HEADER_BYTES, Socket.encode(sender));
        return Math.min(room, aligned(HEADER_BYTES + CREDENTIALS_BYTES));
    }

    private static void writeHeader(UserMemory memory, long address, long length, int type) {
        memory.writeLong(address, length);
        memory.writeInt(address + LEVEL, SOL_SOCKET);
        memory.writeInt(address + TYPE, type);
    }

    private static long writeFiles(Task task, Receiving message, long address, long room) {
        OpenFile[] files = message.ancillary.files();
        int fitting =
                room < HEADER_BYTES
                        ? 0
                        : (int) Math.min(files.length, (room - HEADER_BYTES) / Integer.BYTES);
        boolean closeOnExec = (message.flags & SocketNumbers.MSG_CMSG_CLOEXEC) != 0;
        int installed = 0;
        while (installed < fitting) {
            int fd =
                    task.files()
                            .add(files[installed].retain(), 0, task.descriptorLimit(), closeOnExec);
            if (fd < 0) {
                files[installed].release();
                break;
            }
            task.memory().writeInt(address + HEADER_BYTES + (long) installed * Integer.BYTES, fd);
            installed++;
        }
        if (installed < files.length) {
            message.messageFlags |= SocketNumbers.MSG_CTRUNC;
        }
        if (installed == 0) {
            return 0;
        }
        long length = HEADER_BYTES + (long) installed * Integer.BYTES;
        writeHeader(task.memory(), address, length, SCM_RIGHTS);
        return Math.min(room, aligned(length));
    }
}
