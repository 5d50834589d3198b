package callgate.kernel.fs.proc;

import callgate.kernel.task.Services;
import java.util.Locale;

/** The content of {@code /sys}: what programs look up about processors and memory. */
public final class SysFiles {
    private SysFiles() {}

    /** A file system for {@code /sys}. */
    public static ProcFs fileSystem(Services services, long device) {
        int cpus = services.cpus();
        return new ProcFs(
                services.clock(),
                device,
                "sysfs",
                ProcFs.SYSFS_MAGIC,
                services.heap(),
                fileSystem -> root(fileSystem, cpus));
    }

    private static FixedDirectory root(ProcFs fileSystem, int cpus) {
        FixedDirectory root = new FixedDirectory(fileSystem, "");
        FixedDirectory system = root.directory("devices").directory("system");
        FixedDirectory cpu = system.directory("cpu");
        String all = cpus == 1 ? "0\n" : "0-" + (cpus - 1) + "\n";
        cpu.text("online", caller -> all);
        cpu.text("possible", caller -> all);
        cpu.text("present", caller -> all);
        cpu.text("offline", caller -> "\n");
        cpu.text("kernel_max", caller -> "63\n");
        for (int i = 0; i < cpus; i++) {
            int number = i;
            FixedDirectory topology = cpu.directory("cpu" + number).directory("topology");
            topology.text("core_id", caller -> number + "\n");
            topology.text("physical_package_id", caller -> "0\n");
            String own = mask(number, number);
            topology.text("thread_siblings", caller -> own);
            topology.text("thread_siblings_list", caller -> number + "\n");
            topology.text("core_cpus", caller -> own);
            topology.text("core_cpus_list", caller -> number + "\n");
            topology.text("core_siblings", caller -> mask(0, cpus - 1));
            topology.text("core_siblings_list", caller -> all);
            topology.text("package_cpus", caller -> mask(0, cpus - 1));
            topology.text("package_cpus_list", caller -> all);
        }
        FixedDirectory node = system.directory("node");
        node.text("online", caller -> "0\n");
        node.text("possible", caller -> "0\n");
        FixedDirectory node0 = node.directory("node0");
        node0.text("cpulist", caller -> all);
        node0.text("cpumap", caller -> mask(0, cpus - 1));
        FixedDirectory mm = root.directory("kernel").directory("mm");
        FixedDirectory huge = mm.directory("transparent_hugepage");
        huge.text("enabled", caller -> "always madvise [never]\n");
        huge.text("hpage_pmd_size", caller -> "2097152\n");
        mm.directory("hugepages");
        root.directory("fs").directory("cgroup");
        root.directory("block");
        root.directory("class").directory("net");
        root.directory("bus");
        root.directory("module");
        return root;
    }

    /** A set of processors as bits, in groups of 32 with commas between, the highest first. */
    private static String mask(int first, int last) {
        StringBuilder text = new StringBuilder();
        for (int group = last / Integer.SIZE; group >= 0; group--) {
            int bits = 0;
            for (int bit = 0; bit < Integer.SIZE; bit++) {
                int cpu = group * Integer.SIZE + bit;
                bits |= cpu >= first && cpu <= last ? 1 << bit : 0;
            }
            text.append(
                    text.isEmpty()
                            ? Integer.toHexString(bits)
                            : String.format(Locale.ROOT, ",%08x", bits));
        }
        return text + "\n";
    }
}
