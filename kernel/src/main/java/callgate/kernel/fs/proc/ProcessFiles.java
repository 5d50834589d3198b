package callgate.kernel.fs.proc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.Layout;
import callgate.kernel.net.SocketTexts;
import callgate.kernel.task.Process;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.FsContext;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.vfs.Path;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The directory of one process ({@code /proc/PID}) or thread ({@code /proc/PID/task/TID}). */
final class ProcessFiles {
    /** Longest command line or environment that is shown. */
    private static final long STRINGS_LIMIT = 1 << 20;

    private final Namespace namespace;
    private final NamespaceLinks links;
    private final Process process;

    /** The thread it is about, or null: the process, by any of its threads. */
    private final Task thread;

    private ProcessFiles(Namespace namespace, NamespaceLinks links, Process process, Task thread) {
        this.namespace = namespace;
        this.links = links;
        this.process = process;
        this.thread = thread;
    }

    /** {@code /proc/PID}. */
    static FixedDirectory directory(
            ProcFs fileSystem,
            String key,
            Namespace namespace,
            NamespaceLinks links,
            Process process) {
        ProcessFiles files = new ProcessFiles(namespace, links, process, null);
        FixedDirectory directory = files.newDirectory(fileSystem, key);
        files.addTo(directory);
        directory.add("task", Mode.S_IFDIR, taskKey -> files.new Tasks(fileSystem, taskKey));
        return directory;
    }

    private FixedDirectory newDirectory(ProcFs fileSystem, String key) {
        Task any = process.leader();
        Credentials owner = any == null ? null : any.credentials();
        return new FixedDirectory(
                fileSystem,
                key,
                0555,
                owner == null ? 0 : owner.euid(),
                owner == null ? 0 : owner.egid());
    }

    private void addTo(FixedDirectory directory) {
        directory.text("auxv", caller -> auxiliaryVector());
        directory.text("cgroup", caller -> "0::/\n");
        directory.text(
                "cmdline",
                caller -> strings(layout -> layout.argumentsStart, layout -> layout.argumentsEnd));
        directory.text("comm", 0644, caller -> name() + "\n", this::setName);
        directory.text(
                "environ",
                0400,
                caller -> {
                    allowInspection(caller);
                    return strings(
                            layout -> layout.environmentStart, layout -> layout.environmentEnd);
                },
                null);
        directory.text(
                "io",
                0400,
                caller ->
                        "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\n"
                                + "cancelled_write_bytes: 0\n",
                null);
        directory.text("limits", caller -> ProcessTexts.limits(process));
        directory.text("loginuid", caller -> "4294967295");
        directory.text("maps", caller -> space(caller).maps());
        directory.text("smaps", caller -> space(caller).smaps());
        directory.text("smaps_rollup", caller -> space(caller).smapsRollup());
        directory.text("mountinfo", caller -> MountTexts.mountinfo(namespace, rootOf(caller)));
        directory.text("mounts", caller -> MountTexts.mounts(namespace, rootOf(caller)));
        directory.text("oom_adj", caller -> "0\n");
        directory.text("oom_score", caller -> "0\n");
        directory.text(
                "oom_score_adj",
                0644,
                caller -> process.oomScoreAdjust() + "\n",
                this::setOomScoreAdjust);
        directory.text("personality", caller -> "00000000\n");
        directory.text("sessionid", caller -> "4294967295");
        directory.text("stat", caller -> ProcessTexts.stat(process, thread));
        directory.text("statm", caller -> ProcessTexts.statm(process));
        directory.text("status", caller -> ProcessTexts.status(process, thread));
        directory.text("wchan", caller -> "0");
        directory.add(
                "cwd", Mode.S_IFLNK, key -> placeLink(directory, key, FsContext::workingDirectory));
        directory.add("root", Mode.S_IFLNK, key -> placeLink(directory, key, FsContext::root));
        directory.add(
                "exe", Mode.S_IFLNK, key -> link(directory, key, caller -> process.executable()));
        directory.add(
                "fd",
                Mode.S_IFDIR,
                key ->
                        new DescriptorDirectory(
                                directory.proc(),
                                key,
                                this,
                                namespace,
                                DescriptorDirectory.Kind.LINKS));
        directory.add(
                "fdinfo",
                Mode.S_IFDIR,
                key ->
                        new DescriptorDirectory(
                                directory.proc(),
                                key,
                                this,
                                namespace,
                                DescriptorDirectory.Kind.INFO));
        directory.add(
                "map_files",
                Mode.S_IFDIR,
                key -> new MapFilesDirectory(directory.proc(), key, this, namespace));
        links.addTo(directory.directory("ns"), this::allowInspection);
        addNetwork(directory.directory("net"));
    }

    private void addNetwork(FixedDirectory net) {
        net.text(
                "dev",
                caller ->
                        "Inter-|   Receive                                                |  Transmit\n"
                                + " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n"
                                + "    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0\n");
        net.text("tcp", caller -> sockets().tcp());
        net.text("tcp6", caller -> sockets().tcp6());
        net.text("udp", caller -> sockets().udp());
        net.text("udp6", caller -> sockets().udp6());
        net.text("raw", caller -> sockets().raw());
        net.text("raw6", caller -> sockets().raw6());
        net.text("unix", caller -> sockets().unix());
        net.text("netlink", caller -> sockets().netlink());
        net.text("snmp", caller -> sockets().snmp());
        net.text("sockstat", caller -> sockets().statistics());
        net.text(
                "arp",
                caller ->
                        "IP address       HW type     Flags       HW address            Mask     Device\n");
        net.text("if_inet6", caller -> "00000000000000000000000000000001 01 80 10 80       lo\n");
        net.text(
                "route",
                caller ->
                        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n");
    }

    private SocketTexts sockets() {
        return task().services().network().texts();
    }

    // ---- who and whether ----

    Process process() {
        return process;
    }

    /** A living thread to ask; ESRCH if there is none any more. */
    Task task() {
        Task task = thread != null ? thread : process.anyTask();
        if (task == null || thread != null && thread.hasEnded()) {
            throw new ErrnoException(Errno.ESRCH);
        }
        return task;
    }

    /** As ptrace's rule for reading: the same user, or root. EACCES by ErrnoException. */
    void allowInspection(Caller caller) {
        Credentials who = caller.credentials();
        Credentials whom = task().credentials();
        boolean same =
                who.fsuid() == whom.uid()
                        && who.fsuid() == whom.euid()
                        && who.fsuid() == whom.suid();
        if (!same
                && !who.has(Credentials.CAP_DAC_READ_SEARCH)
                && caller.processId() != process.pid()) {
            throw new ErrnoException(Errno.EACCES);
        }
    }

    private AddressSpace space(Caller caller) {
        allowInspection(caller);
        AddressSpace space = task().space();
        if (space == null) {
            throw new ErrnoException(Errno.ESRCH);
        }
        return space;
    }

    private Path rootOf(Caller caller) {
        FsContext fs = task().fs();
        return fs == null ? namespace.root() : fs.root();
    }

    // ---- links ----

    private ProcLink placeLink(
            FixedDirectory directory, String key, Function<FsContext, Path> place) {
        return link(
                directory,
                key,
                caller -> {
                    FsContext fs = task().fs();
                    return fs == null ? null : place.apply(fs);
                });
    }

    private ProcLink link(FixedDirectory directory, String key, Function<Caller, Path> place) {
        return new ProcLink(
                directory.proc(),
                key,
                0777,
                directory.uid(),
                directory.gid(),
                caller -> {
                    Path path = place.apply(caller);
                    return path == null ? null : Namespace.nameOf(path, namespace.root());
                },
                caller -> {
                    allowInspection(caller);
                    return place.apply(caller);
                });
    }

    // ---- settings ----

    private String name() {
        return thread != null ? thread.name() : process.name();
    }

    private int setName(Caller caller, String text) {
        if (caller.processId() != process.pid()) {
            return -Errno.EINVAL;
        }
        task().setName(text.length() > 15 ? text.substring(0, 15) : text);
        return 0;
    }

    private int setOomScoreAdjust(Caller caller, String text) {
        try {
            int value = Integer.parseInt(text.trim());
            if (value < -1000 || value > 1000) {
                return -Errno.EINVAL;
            }
            if (value < process.oomScoreAdjust()
                    && !caller.credentials().has(Credentials.CAP_SYS_RESOURCE)) {
                return -Errno.EACCES;
            }
            process.setOomScoreAdjust(value);
            return 0;
        } catch (NumberFormatException e) {
            return -Errno.EINVAL;
        }
    }

    // ---- memory ----

    private String strings(Function<Layout, Long> from, Function<Layout, Long> to) {
        Task task = process.anyTask();
        AddressSpace space = task == null ? null : task.space();
        if (space == null) {
            return ""; // zombies have none
        }
        long start = from.apply(space.layout());
        long length = Math.min(STRINGS_LIMIT, to.apply(space.layout()) - start);
        return length <= 0
                ? ""
                : new String(
                        space.foreign().read(start, (int) length), StandardCharsets.ISO_8859_1);
    }

    private String auxiliaryVector() {
        long[] entries = task().space().layout().auxiliaryVector;
        ByteBuffer bytes = ByteBuffer.allocate(entries.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (long entry : entries) {
            bytes.putLong(entry);
        }
        return new String(bytes.array(), StandardCharsets.ISO_8859_1);
    }

    // ---- threads ----

    /** {@code /proc/PID/task}. */
    private final class Tasks extends ProcDirectory {
        Tasks(ProcFs fileSystem, String key) {
            super(fileSystem, key, 0555, 0, 0);
        }

        @Override
        ProcNode find(String name) {
            int tid = ProcRoot.parseNumber(name);
            for (Task task : process.tasks()) {
                if (task.tid() == tid) {
                    ProcessFiles files = new ProcessFiles(namespace, links, process, task);
                    FixedDirectory directory = files.newDirectory(proc(), childKey(name));
                    files.addTo(directory);
                    return directory;
                }
            }
            return null;
        }

        @Override
        List<Entry> entries() {
            List<Entry> entries = new ArrayList<>();
            process.tasks().stream()
                    .sorted(java.util.Comparator.comparingInt(Task::tid))
                    .forEach(
                            task ->
                                    entries.add(
                                            new Entry(
                                                    Integer.toString(task.tid()),
                                                    task.tid(),
                                                    Mode.S_IFDIR)));
            return entries;
        }
    }
}
