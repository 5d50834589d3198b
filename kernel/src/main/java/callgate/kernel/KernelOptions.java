package callgate.kernel;

import callgate.machine.hart.Tier;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * How a kernel is booted.
 *
 * @param memoryBytes guest RAM: a hard limit
 * @param cpus how many tasks run at a time, at least 1
 * @param taskLimit how many tasks there may be at a time, at least 1
 * @param tier how guest code is run
 * @param hostname what {@code uname} says
 * @param root what is mounted at {@code /}, below a writable tmpfs
 * @param mounts directories of the host, mounted in this order
 * @param trace where a line for each system call goes, or null
 * @param log where the kernel says what a user should know: OOM kills, faults of the kernel; never
 *     null
 */
public record KernelOptions(
        long memoryBytes,
        int cpus,
        int taskLimit,
        Tier tier,
        String hostname,
        Root root,
        List<HostMount> mounts,
        Consumer<String> trace,
        Consumer<String> log) {
    /** What the root file system is made of. */
    public sealed interface Root {
        /** Tar layers, lowest first. */
        record Layers(List<Layer> layers) implements Root {}

        /** A directory of the host, read only; writes go to the tmpfs above. */
        record Directory(Path path) implements Root {}
    }

    /** A plain tar file and its index (see {@code fs.tar.LayerIndex}). */
    public record Layer(Path tar, Path index) {}

    /** What a guest may do in a host directory. */
    public enum MountAccess {
        READ_ONLY,
        READ_WRITE
    }

    /**
     * A directory of the host at an absolute path of the guest; the mount point is made if it is
     * missing.
     */
    public record HostMount(Path host, String guest, MountAccess access) {}
}
