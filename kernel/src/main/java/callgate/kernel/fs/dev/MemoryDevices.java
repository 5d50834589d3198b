package callgate.kernel.fs.dev;

import callgate.kernel.abi.Errno;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.DeviceRegistry;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.Entropy;

/** Character devices of major 1: null(4), zero(4), full(4), random(4). */
public final class MemoryDevices {
    static final int MAJOR = 1;
    static final int NULL = 3;
    static final int ZERO = 5;
    static final int FULL = 7;
    static final int RANDOM = 8;
    static final int URANDOM = 9;

    private MemoryDevices() {}

    /** Registers them all. */
    public static void register(DeviceRegistry devices, Entropy entropy) {
        devices.register(MAJOR, NULL, (caller, path, flags) -> new Null(path, flags));
        devices.register(MAJOR, ZERO, (caller, path, flags) -> new Zero(path, flags));
        devices.register(MAJOR, FULL, (caller, path, flags) -> new Full(path, flags));
        devices.register(MAJOR, RANDOM, (caller, path, flags) -> new Random(path, flags, entropy));
        devices.register(MAJOR, URANDOM, (caller, path, flags) -> new Random(path, flags, entropy));
    }

    /** What these devices have in common: no position, and writes vanish. */
    private abstract static class Device extends OpenFile {
        private final Path path;

        Device(Path path, int flags) {
            super(flags);
            this.path = path;
        }

        @Override
        public callgate.kernel.vfs.Inode inode() {
            return path.inode();
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public long write(Caller caller, IoBuffer from) {
            return from.skip(from.remaining());
        }

        @Override
        public final long readAt(Caller caller, IoBuffer to, long offset) {
            return read(caller, to);
        }

        @Override
        public final long writeAt(Caller caller, IoBuffer from, long offset) {
            return write(caller, from);
        }

        @Override
        public final long seek(Caller caller, long offset, int whence) {
            return whence >= 0 && whence <= 2 ? 0 : -Errno.EINVAL;
        }
    }

    private static final class Null extends Device {
        Null(Path path, int flags) {
            super(path, flags);
        }

        @Override
        public long read(Caller caller, IoBuffer to) {
            return 0;
        }
    }

    private static class Zero extends Device {
        Zero(Path path, int flags) {
            super(path, flags);
        }

        @Override
        public long read(Caller caller, IoBuffer to) {
            return to.putZeros(to.remaining());
        }

        @Override
        public boolean mapsAnonymously() {
            return true;
        }
    }

    private static final class Full extends Zero {
        Full(Path path, int flags) {
            super(path, flags);
        }

        @Override
        public long write(Caller caller, IoBuffer from) {
            return from.remaining() == 0 ? 0 : -Errno.ENOSPC;
        }

        @Override
        public boolean mapsAnonymously() {
            return false;
        }
    }

    private static final class Random extends Device {
        private static final int CHUNK = 4096;

        private final Entropy entropy;

        Random(Path path, int flags, Entropy entropy) {
            super(path, flags);
            this.entropy = entropy;
        }

        @Override
        public long read(Caller caller, IoBuffer to) {
            while (to.remaining() > 0) {
                byte[] bytes = new byte[(int) Math.min(CHUNK, to.remaining())];
                entropy.fill(bytes);
                int moved = to.put(bytes, 0, bytes.length);
                if (moved < bytes.length || caller.waiter().isInterrupted()) {
                    break;
                }
            }
            return to.transferred();
        }
    }
}
