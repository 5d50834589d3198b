package callgate.kernel.fs.proc;

import callgate.kernel.ipc.SharedSegment;
import callgate.kernel.ipc.SharedSegments;
import callgate.kernel.task.Process;
import callgate.kernel.task.Services;
import callgate.kernel.task.SystemName;
import callgate.kernel.task.Task;
import callgate.kernel.task.Ticks;
import callgate.kernel.task.Usage;
import callgate.machine.memory.PhysMem;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** The files of {@code /proc} that speak of the whole kernel, and its root directory. */
final class SystemFiles {
    private static final long KIB = 1024;
    private static final long NANOS = 1_000_000_000L;

    private final Services services;
    private final String bootId;

    SystemFiles(Services services) {
        this.services = services;
        bootId = uuid();
    }

    /** Adds them to the root directory. */
    void addTo(FixedDirectory root) {
        root.text("cmdline", caller -> "callgate\n");
        root.text("cpuinfo", caller -> cpuinfo());
        root.text(
                "devices",
                caller ->
                        "Character devices:\n  1 mem\n  5 /dev/tty\n  5 /dev/ptmx\n136 pts\n\nBlock devices:\n");
        root.text("diskstats", caller -> "");
        root.text(
                "filesystems",
                caller ->
                        "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\tdevpts\n"
                                + "nodev\toverlay\nnodev\tpipefs\nnodev\tsockfs\n");
        root.text("interrupts", caller -> cpuHeader());
        root.text("loadavg", caller -> loadavg());
        root.text("meminfo", caller -> meminfo());
        root.text("modules", caller -> "");
        root.link("mounts", "self/mounts");
        root.link("net", "self/net");
        root.directory("sysvipc").text("shm", caller -> sharedSegments());
        root.text("partitions", caller -> "major minor  #blocks  name\n\n");
        root.text("stat", caller -> stat());
        root.text("swaps", caller -> "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
        root.text("uptime", caller -> uptime());
        root.text(
                "version",
                caller ->
                        "Linux version "
                                + SystemName.RELEASE
                                + " (callgate) "
                                + SystemName.VERSION
                                + "\n");
        root.text(
                "vmstat",
                caller -> "nr_free_pages " + freeFrames() + "\npgfault 0\npgmajfault 0\n");
        addSettings(root.directory("sys"));
    }

    // ---- /proc/sys ----

    private void addSettings(FixedDirectory sys) {
        FixedDirectory kernel = sys.directory("kernel");
        kernel.text("ostype", caller -> "Linux\n");
        kernel.text("osrelease", caller -> SystemName.RELEASE + "\n");
        kernel.text("version", caller -> SystemName.VERSION + "\n");
        kernel.text("hostname", caller -> services.systemName().host() + "\n");
        kernel.text("domainname", caller -> services.systemName().domain() + "\n");
        kernel.text("pid_max", caller -> callgate.kernel.task.TaskTable.NUMBER_LIMIT + "\n");
        kernel.text("threads-max", caller -> services.table().limit() + "\n");
        kernel.text("cap_last_cap", caller -> "40\n");
        kernel.text("ngroups_max", caller -> "4096\n");
        kernel.text("randomize_va_space", caller -> "0\n");
        kernel.text("core_pattern", caller -> "core\n");
        kernel.text("overflowuid", caller -> "65534\n");
        kernel.text("overflowgid", caller -> "65534\n");
        long shared = services.segments().maximumBytes();
        kernel.text("shmmax", caller -> shared + "\n");
        kernel.text("shmall", caller -> shared / 4096 + "\n");
        kernel.text("shmmni", caller -> SharedSegments.LIMIT + "\n");
        kernel.text("tainted", caller -> "0\n");
        kernel.text("sched_rr_timeslice_ms", caller -> "100\n");
        FixedDirectory random = kernel.directory("random");
        random.text("boot_id", caller -> bootId + "\n");
        random.text("uuid", caller -> uuid() + "\n");
        random.text("entropy_avail", caller -> "256\n");
        random.text("poolsize", caller -> "256\n");
        kernel.directory("pty").text("max", caller -> "4096\n");
        FixedDirectory fs = sys.directory("fs");
        fs.text("file-max", caller -> "1048576\n");
        fs.text("nr_open", caller -> callgate.kernel.task.Limits.MAXIMUM_DESCRIPTORS + "\n");
        fs.text("pipe-max-size", caller -> "1048576\n");
        fs.text("file-nr", caller -> "0\t0\t1048576\n");
        FixedDirectory vm = sys.directory("vm");
        vm.text("overcommit_memory", caller -> "1\n");
        vm.text("overcommit_ratio", caller -> "50\n");
        vm.text("max_map_count", caller -> "65530\n");
        vm.text("mmap_min_addr", caller -> "65536\n");
        vm.text("swappiness", caller -> "0\n");
        FixedDirectory net = sys.directory("net");
        FixedDirectory core = net.directory("core");
        core.text("somaxconn", caller -> "4096\n");
        core.text("rmem_max", caller -> "212992\n");
        core.text("wmem_max", caller -> "212992\n");
        FixedDirectory ipv4 = net.directory("ipv4");
        ipv4.text("ip_local_port_range", caller -> "32768\t60999\n");
        ipv4.text("tcp_rmem", caller -> "4096\t131072\t6291456\n");
        ipv4.text("tcp_wmem", caller -> "4096\t16384\t4194304\n");
    }

    private String uuid() {
        byte[] bytes = new byte[16];
        services.entropy().fill(bytes);
        bytes[6] = (byte) (bytes[6] & 0x0f | 0x40);
        bytes[8] = (byte) (bytes[8] & 0x3f | 0x80);
        String hex = HexFormat.of().formatHex(bytes);
        return String.join(
                "-",
                hex.substring(0, 8),
                hex.substring(8, 12),
                hex.substring(12, 16),
                hex.substring(16, 20),
                hex.substring(20));
    }

    // ---- texts ----

    private String sharedSegments() {
        StringBuilder text =
                new StringBuilder(
                        "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n");
        for (SharedSegment segment : services.segments().all()) {
            SharedSegment.State state = segment.state();
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%10d %10d  %4o %21d %5d %5d  %5d %5d %5d %5d %5d %10d %10d %10d %21d %21d\n",
                            state.key(),
                            state.id(),
                            state.mode(),
                            state.sizeBytes(),
                            state.creatorPid(),
                            state.lastPid(),
                            state.attached(),
                            state.uid(),
                            state.gid(),
                            state.creatorUid(),
                            state.creatorGid(),
                            state.attachSeconds(),
                            state.detachSeconds(),
                            state.changeSeconds(),
                            state.sizeBytes(),
                            0));
        }
        return text.toString();
    }

    private String cpuinfo() {
        StringBuilder text = new StringBuilder();
        for (int cpu = 0; cpu < services.cpus(); cpu++) {
            text.append("processor\t: ")
                    .append(cpu)
                    .append("\nhart\t\t: ")
                    .append(cpu)
                    .append(
                            "\nisa\t\t: rv64imafdc_zicntr_zicsr_zifencei\nmmu\t\t: sv39\nuarch\t\t: callgate\n\n");
        }
        return text.toString();
    }

    private String cpuHeader() {
        StringBuilder text = new StringBuilder("    ");
        for (int cpu = 0; cpu < services.cpus(); cpu++) {
            text.append("       CPU").append(cpu);
        }
        return text.append('\n').toString();
    }

    private long freeFrames() {
        PhysMem memory = services.memory();
        return memory.totalFrames() - memory.usedFrames();
    }

    private String meminfo() {
        long page = PhysMem.PAGE_SIZE / KIB;
        long total = services.memory().totalFrames() * page;
        long free = freeFrames() * page;
        return memoryLine("MemTotal", total)
                + memoryLine("MemFree", free)
                + memoryLine("MemAvailable", free)
                + memoryLine("Buffers", 0)
                + memoryLine("Cached", 0)
                + memoryLine("SwapCached", 0)
                + memoryLine("Active", total - free)
                + memoryLine("Inactive", 0)
                + memoryLine("SwapTotal", 0)
                + memoryLine("SwapFree", 0)
                + memoryLine("Dirty", 0)
                + memoryLine("Writeback", 0)
                + memoryLine("AnonPages", total - free)
                + memoryLine("Mapped", 0)
                + memoryLine("Shmem", 0)
                + memoryLine("Slab", 0)
                + memoryLine("CommitLimit", total)
                + memoryLine("Committed_AS", total - free)
                + memoryLine("VmallocTotal", 0)
                + memoryLine("VmallocUsed", 0)
                + "HugePages_Total:       0\nHugePages_Free:        0\n"
                + memoryLine("Hugepagesize", 2048);
    }

    private static String memoryLine(String name, long kib) {
        String number = Long.toString(kib);
        return name
                + ":"
                + " ".repeat(Math.max(1, 23 - name.length() - number.length()))
                + number
                + " kB\n";
    }

    private Usage totalUsage() {
        Usage sum = Usage.NONE;
        for (Process process : services.table().processes()) {
            if (process.isLive()) {
                sum = sum.plus(process.usage());
            }
        }
        return sum.plus(services.table().endedUsage());
    }

    private String stat() {
        Usage usage = totalUsage();
        long up = services.clock().monotonicNanos();
        long user = Ticks.of(usage.userNanos());
        long system = Ticks.of(usage.systemNanos());
        long idle = Math.max(0, Ticks.of(up) * services.cpus() - user - system);
        StringBuilder text = new StringBuilder();
        text.append("cpu  ")
                .append(user)
                .append(" 0 ")
                .append(system)
                .append(' ')
                .append(idle)
                .append(" 0 0 0 0 0 0\n");
        for (int cpu = 0; cpu < services.cpus(); cpu++) {
            text.append("cpu")
                    .append(cpu)
                    .append(' ')
                    .append(user / services.cpus())
                    .append(" 0 ")
                    .append(system / services.cpus())
                    .append(' ')
                    .append(idle / services.cpus())
                    .append(" 0 0 0 0 0 0\n");
        }
        long boot = (services.clock().realtimeNanos() - up) / NANOS;
        return text
                + "intr 0\nctxt 0\nbtime "
                + boot
                + "\nprocesses "
                + services.table().peak()
                + "\nprocs_running "
                + running()
                + "\nprocs_blocked 0\nsoftirq 0\n";
    }

    private long running() {
        return services.table().tasks().stream().filter(task -> task.state() == 'R').count();
    }

    private String loadavg() {
        long running = running();
        List<Integer> tids = new ArrayList<>();
        for (Task task : services.table().tasks()) {
            tids.add(task.tid());
        }
        int last = tids.stream().mapToInt(Integer::intValue).max().orElse(0);
        double[] load = services.scheduler().loadAverages();
        String averages = String.format(Locale.ROOT, "%.2f %.2f %.2f ", load[0], load[1], load[2]);
        return averages + running + "/" + tids.size() + " " + last + "\n";
    }

    private String uptime() {
        long up = services.clock().monotonicNanos();
        long idle = Math.max(0, up * services.cpus() - totalUsage().cpuNanos());
        return seconds(up) + " " + seconds(idle) + "\n";
    }

    private static String seconds(long nanos) {
        long hundredths = nanos / (NANOS / 100);
        return hundredths / 100 + "." + (hundredths / 10 % 10) + hundredths % 10;
    }
}
