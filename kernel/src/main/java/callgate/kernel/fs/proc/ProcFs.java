package callgate.kernel.fs.proc;

import callgate.kernel.vfs.FileSystem;
import callgate.kernel.vfs.FsStatistics;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.Inode;
import callgate.kernel.wait.Clock;
import java.util.function.Function;

/** A file system whose content is made when it is looked at: proc or sysfs. */
public final class ProcFs extends FileSystem {
    /** f_type of proc. */
    public static final long PROC_MAGIC = 0x9fa0;

    /** f_type of sysfs. */
    public static final long SYSFS_MAGIC = 0x62656572;

    private final String type;
    private final long magic;
    private final Inode root;

    /**
     * @param heapBudget what texts that programs hold open are counted against
     * @param root makes the root directory of this file system
     */
    public ProcFs(
            Clock clock,
            long device,
            String type,
            long magic,
            HeapBudget heapBudget,
            Function<ProcFs, ? extends Inode> root) {
        super(clock, device, heapBudget);
        this.type = type;
        this.magic = magic;
        this.root = root.apply(this);
    }

    @Override
    public String type() {
        return type;
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
        return FsStatistics.empty(magic);
    }
}
