package callgate.kernel.sys;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Mode;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.OpenFile;

/** Copies between files, for sendfile, copy_file_range and splice. */
final class FileCopy {
    static final int SEEK_SET = 0;
    static final int SEEK_CUR = 1;

    /** SPLICE_F_MOVE, NONBLOCK, MORE, GIFT. */
    static final int SPLICE_FLAGS = 15;

    private static final int SPLICE_F_NONBLOCK = 2;

    private static final int CHUNK = 65536;

    /** Bytes of one call at most, as in Linux. */
    private static final long CALL_LIMIT = 0x7ffff000L;

    private FileCopy() {}

    /**
     * Copies from an offset of a file to a stream or file at its position; bytes or a negative
     * errno.
     */
    static long send(Task task, OpenFile from, long offset, OpenFile to, long count) {
        long left = Math.min(count, CALL_LIMIT);
        byte[] chunk = new byte[(int) Math.min(CHUNK, left)];
        long copied = 0;
        while (left > 0) {
            int wanted = (int) Math.min(chunk.length, left);
            long read = from.readAt(task, new HeapBuffer(chunk, 0, wanted), offset + copied);
            if (read <= 0) {
                return copied > 0 ? copied : read == -Errno.ESPIPE ? -Errno.EINVAL : read;
            }
            long written = to.write(task, new HeapBuffer(chunk, 0, (int) read));
            if (written < 0) {
                return copied > 0 ? copied : written;
            }
            copied += written;
            left -= written;
            if (written < read || task.waiter().isInterrupted()) {
                break;
            }
        }
        return copied;
    }

    /** 0, or why {@code copy_file_range} is not possible between two files. */
    static int mayCopyRange(OpenFile from, OpenFile to) {
        if (from.inode().isDirectory() || to.inode().isDirectory()) {
            return -Errno.EISDIR;
        }
        if (!from.inode().isRegular() || !to.inode().isRegular()) {
            return -Errno.EINVAL;
        }
        boolean append = (to.flags() & OpenFlags.O_APPEND) != 0;
        return from.isReadable() && to.isWritable() && !append ? 0 : -Errno.EBADF;
    }

    static long copyRange(
            Task task, OpenFile from, long source, OpenFile to, long target, long count) {
        long left = Math.min(count, CALL_LIMIT);
        if (source + left < 0 || target + left < 0) {
            return -Errno.EOVERFLOW;
        }
        boolean overlap =
                from.inode() == to.inode() && source < target + left && target < source + left;
        if (overlap) {
            return -Errno.EINVAL;
        }
        byte[] chunk = new byte[(int) Math.min(CHUNK, left)];
        long copied = 0;
        while (left > 0) {
            int wanted = (int) Math.min(chunk.length, left);
            long read = from.readAt(task, new HeapBuffer(chunk, 0, wanted), source + copied);
            if (read <= 0) {
                return copied > 0 ? copied : read;
            }
            long written = to.writeAt(task, new HeapBuffer(chunk, 0, (int) read), target + copied);
            if (written < 0) {
                return copied > 0 ? copied : written;
            }
            copied += written;
            left -= written;
            if (written < read || task.waiter().isInterrupted()) {
                break;
            }
        }
        return copied;
    }

    /**
     * Moves bytes from or to a pipe; blocks as the two files would, but not on a pipe with
     * SPLICE_F_NONBLOCK.
     */
    static long splice(
            Task task,
            OpenFile from,
            long fromOffset,
            OpenFile to,
            long toOffset,
            long count,
            int flags) {
        boolean fromPipe = from.inode().type() == Mode.S_IFIFO;
        boolean toPipe = to.inode().type() == Mode.S_IFIFO;
        if (!from.isReadable() || !to.isWritable()) {
            return -Errno.EBADF;
        }
        if (fromPipe && fromOffset != 0 || toPipe && toOffset != 0) {
            return -Errno.ESPIPE;
        }
        if (!fromPipe && !toPipe
                || from.inode() == to.inode()
                || (to.flags() & OpenFlags.O_APPEND) != 0) {
            return -Errno.EINVAL;
        }
        if (count == 0) {
            return 0;
        }
        if ((flags & SPLICE_F_NONBLOCK) != 0
                && (fromPipe && isEmpty(from) || toPipe && isFull(to))) {
            return -Errno.EAGAIN;
        }
        long limit = Math.min(CHUNK, count);
        if (toPipe) {
            long room = to.awaitRoom(task);
            if (room < 0) {
                return room;
            }
            limit = Math.min(limit, room);
        }
        byte[] chunk = new byte[(int) limit];
        HeapBuffer input = new HeapBuffer(chunk);
        long position = fromOffset == 0 ? 0 : task.memory().readLong(fromOffset);
        long read = fromOffset == 0 ? from.read(task, input) : from.readAt(task, input, position);
        if (read <= 0) {
            return read;
        }
        if (fromOffset != 0) {
            task.memory().writeLong(fromOffset, position + read);
        }
        int written = 0;
        try {
            long result =
                    toPipe
                            ? to.writeWhole(task, new HeapBuffer(chunk, 0, (int) read))
                            : writeAll(task, to, toOffset, chunk, (int) read);
            written = (int) Math.max(0, result);
            return result;
        } finally {
            if (fromPipe && written < read) {
                from.unread(chunk, written, (int) read - written);
            }
        }
    }

    /** Copies what is in a pipe to another, and leaves it there too. */
    static long tee(Task task, OpenFile from, OpenFile to, long count, int flags) {
        if (!from.isReadable() || !to.isWritable()) {
            return -Errno.EBADF;
        }
        if (from.inode().type() != Mode.S_IFIFO
                || to.inode().type() != Mode.S_IFIFO
                || from.inode() == to.inode()) {
            return -Errno.EINVAL;
        }
        if (count == 0) {
            return 0;
        }
        if ((flags & SPLICE_F_NONBLOCK) != 0 && (isEmpty(from) || isFull(to))) {
            return -Errno.EAGAIN;
        }
        long room = to.awaitRoom(task);
        if (room < 0) {
            return room;
        }
        byte[] chunk = new byte[(int) Math.min(Math.min(CHUNK, room), count)];
        long seen = from.peek(task, new HeapBuffer(chunk));
        return seen <= 0 ? seen : to.writeWhole(task, new HeapBuffer(chunk, 0, (int) seen));
    }

    /** Whether a read would wait; at the end of the file it would not. */
    private static boolean isEmpty(OpenFile pipe) {
        return (pipe.poll() & (PollEvents.POLLIN | PollEvents.POLLHUP)) == 0;
    }

    private static boolean isFull(OpenFile pipe) {
        return (pipe.poll() & (PollEvents.POLLOUT | PollEvents.POLLERR)) == 0;
    }

    private static long writeAll(Task task, OpenFile to, long toOffset, byte[] chunk, int length) {
        long position = toOffset == 0 ? 0 : task.memory().readLong(toOffset);
        int done = 0;
        while (done < length) {
            HeapBuffer output = new HeapBuffer(chunk, done, length - done);
            long written =
                    toOffset == 0
                            ? to.write(task, output)
                            : to.writeAt(task, output, position + done);
            if (written <= 0) {
                return done > 0 ? done : written;
            }
            done += (int) written;
        }
        if (toOffset != 0) {
            task.memory().writeLong(toOffset, position + done);
        }
        return done;
    }
}
