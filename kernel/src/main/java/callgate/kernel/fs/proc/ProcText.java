package callgate.kernel.fs.proc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import java.nio.charset.StandardCharsets;

/** A file whose content is made when it is read from the start, and may take written settings. */
final class ProcText extends ProcNode {
    /** Makes the content, as bytes in ISO 8859-1. ErrnoException if it cannot be had. */
    @FunctionalInterface
    interface Content {
        String text(Caller caller);
    }

    /** Takes a written setting, without its line end; 0 or a negative errno. */
    @FunctionalInterface
    interface Sink {
        int write(Caller caller, String text);
    }

    private static final int WRITE_LIMIT = 4096;

    private final Content content;
    private final Sink sink;

    /**
     * @param sink null if it cannot be written
     */
    ProcText(
            ProcFs fileSystem,
            String key,
            int permissions,
            int uid,
            int gid,
            Content content,
            Sink sink) {
        super(fileSystem, key, Mode.S_IFREG | permissions, uid, gid);
        this.content = content;
        this.sink = sink;
    }

    @Override
    public int truncate(long sizeBytes) {
        return sink == null ? -Errno.EINVAL : 0; // as `echo 1 > /proc/sys/...` opens it
    }

    @Override
    public OpenFile open(Caller caller, Path path, int flags) {
        return new Open(path, flags);
    }

    private final class Open extends OpenFile {
        private final Path path;

        // guarded by this
        private byte[] bytes = {};
        private long position;
        private boolean isClosed;

        Open(Path path, int flags) {
            super(flags);
            this.path = path;
        }

        @Override
        public Inode inode() {
            return ProcText.this;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public synchronized long read(Caller caller, IoBuffer to) {
            long count = readAt(caller, to, position);
            position += Math.max(0, count);
            return count;
        }

        @Override
        public synchronized long readAt(Caller caller, IoBuffer to, long offset) {
            if (offset < 0) {
                return -Errno.EINVAL;
            }
            if (offset == 0) {
                int error = keep(content.text(caller).getBytes(StandardCharsets.ISO_8859_1));
                if (error != 0) {
                    return error;
                }
            }
            if (offset >= bytes.length) {
                return 0;
            }
            return to.put(
                    bytes, (int) offset, (int) Math.min(bytes.length - offset, to.remaining()));
        }

        /** Takes a new content in the place of the old one: 0 or {@code -ENOMEM}. */
        private int keep(byte[] text) {
            HeapBudget budget = fileSystem().heapBudget();
            if (isClosed || !budget.take(text.length)) {
                return -Errno.ENOMEM;
            }
            budget.give(bytes.length);
            bytes = text;
            return 0;
        }

        @Override
        protected synchronized void closed() {
            isClosed = true;
            fileSystem().heapBudget().give(bytes.length);
        }

        @Override
        public long write(Caller caller, IoBuffer from) {
            if (sink == null) {
                return -Errno.EINVAL;
            }
            byte[] written = new byte[(int) Math.min(WRITE_LIMIT, from.remaining())];
            int length = from.get(written, 0, written.length);
            String text = new String(written, 0, length, StandardCharsets.ISO_8859_1);
            int result =
                    sink.write(caller, text.endsWith("\n") ? text.substring(0, length - 1) : text);
            return result < 0 ? result : length;
        }

        @Override
        public long writeAt(Caller caller, IoBuffer from, long offset) {
            return write(caller, from);
        }

        @Override
        public synchronized long seek(Caller caller, long offset, int whence) {
            long target =
                    switch (whence) {
                        case 0 -> offset;
                        case 1 -> position + offset;
                        default -> -1;
                    };
            if (target < 0) {
                return -Errno.EINVAL;
            }
            position = target;
            return target;
        }
    }

    /** A content that nobody may read here. */
    static final Content DENIED =
            caller -> {
                throw new ErrnoException(Errno.EACCES);
            };
}
