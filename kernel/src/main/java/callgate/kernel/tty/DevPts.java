package callgate.kernel.tty;

import callgate.kernel.abi.Mode;
import callgate.kernel.vfs.DeviceNumber;
import callgate.kernel.vfs.DirectoryEmitter;
import callgate.kernel.vfs.FileSystem;
import callgate.kernel.vfs.FsStatistics;
import callgate.kernel.vfs.Inode;
import callgate.kernel.wait.Clock;

/** The file system of {@code /dev/pts}: one node for each pseudo-terminal, and {@code ptmx}. */
public final class DevPts extends FileSystem {
    private static final long MAGIC = 0x1cd1;
    private static final int TTY_GROUP = 5;
    private static final int ROOT_NUMBER = 1;
    private static final int PTMX_NUMBER = 2;

    private final PtyDriver driver;
    private final Directory root = new Directory();
    private final Node ptmx = new Node(PTMX_NUMBER, 0666, 0, 0, DeviceNumber.of(5, 2));

    DevPts(Clock clock, long device, PtyDriver driver) {
        super(clock, device);
        this.driver = driver;
    }

    @Override
    public String type() {
        return "devpts";
    }

    @Override
    public Inode root() {
        return root;
    }

    @Override
    public Names names() {
        return Names.FLEETING;
    }

    @Override
    public FsStatistics statistics() {
        return FsStatistics.empty(MAGIC);
    }

    Node newNode(int index, int uid) {
        return new Node(index + 3L, 0620, uid, TTY_GROUP, DeviceNumber.of(Tty.SLAVE_MAJOR, index));
    }

    private final class Directory extends Inode {
        Directory() {
            super(Mode.S_IFDIR | 0755, 0, 0);
            initLinks(2);
            long now = DevPts.this.clock().realtimeNanos();
            initTimes(now, now, now);
        }

        @Override
        public FileSystem fileSystem() {
            return DevPts.this;
        }

        @Override
        public long number() {
            return ROOT_NUMBER;
        }

        @Override
        public Inode lookup(String name) {
            if (name.equals("ptmx")) {
                return ptmx;
            }
            boolean number =
                    name.length() <= 5
                            && !name.isEmpty()
                            && name.chars().allMatch(c -> c >= '0' && c <= '9');
            boolean canonical = number && (name.length() == 1 || name.charAt(0) != '0');
            PtyDriver.Pair pair = canonical ? driver.find(Integer.parseInt(name)) : null;
            return pair == null ? null : pair.node();
        }

        @Override
        public long list(long offset, DirectoryEmitter emitter) {
            int type = Mode.S_IFCHR >> 12;
            if (offset <= 2 && !emitter.emit("ptmx", PTMX_NUMBER, type, 3)) {
                return 0;
            }
            for (PtyDriver.Pair pair : driver.all()) {
                int index = pair.tty().index();
                if (index + 3L >= offset
                        && !emitter.emit(
                                Integer.toString(index), pair.node().number(), type, index + 4L)) {
                    return 0;
                }
            }
            return 0;
        }
    }

    /** A terminal's device node. */
    final class Node extends Inode {
        private final long number;
        private final long device;

        Node(long number, int permissions, int uid, int gid, long device) {
            super(Mode.S_IFCHR | permissions, uid, gid);
            this.number = number;
            this.device = device;
            long now = DevPts.this.clock().realtimeNanos();
            initTimes(now, now, now);
        }

        @Override
        public FileSystem fileSystem() {
            return DevPts.this;
        }

        @Override
        public long number() {
            return number;
        }

        @Override
        public long representedDevice() {
            return device;
        }
    }
}
