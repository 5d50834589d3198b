package callgate.kernel.fs.proc;

import callgate.kernel.mm.AddressSpace;
import callgate.kernel.task.Limits;
import callgate.kernel.task.Process;
import callgate.kernel.task.Task;
import callgate.kernel.task.TaskTable;
import callgate.kernel.task.Ticks;
import callgate.kernel.task.Usage;
import callgate.kernel.vfs.ControllingTerminal;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.FileTable;
import callgate.kernel.vfs.FsContext;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * The texts of {@code /proc/PID/stat}, {@code statm}, {@code status} and {@code limits}; fields as
 * in proc(5).
 */
final class ProcessTexts {
    private static final int PAGE_SIZE = 4096;
    private static final String[] LIMIT_NAMES = {
        "Max cpu time",
        "Max file size",
        "Max data size",
        "Max stack size",
        "Max core file size",
        "Max resident set",
        "Max processes",
        "Max open files",
        "Max locked memory",
        "Max address space",
        "Max file locks",
        "Max pending signals",
        "Max msgqueue size",
        "Max nice priority",
        "Max realtime priority",
        "Max realtime timeout"
    };
    private static final String[] LIMIT_UNITS = {
        "seconds",
        "bytes",
        "bytes",
        "bytes",
        "bytes",
        "bytes",
        "processes",
        "files",
        "bytes",
        "bytes",
        "locks",
        "signals",
        "bytes",
        "",
        "",
        "us"
    };

    private ProcessTexts() {}

    private static Task taskOf(Process process, Task thread) {
        return thread != null ? thread : process.anyTask();
    }

    private static char state(Process process, Task task) {
        if (process.pid() == TaskTable.INIT) {
            return 'S';
        }
        return task == null || process.isZombie() ? 'Z' : task.state();
    }

    private static AddressSpace spaceOf(Task task) {
        return task == null ? null : task.space();
    }

    // ---- stat ----

    static String stat(Process process, Task thread) {
        Task task = taskOf(process, thread);
        AddressSpace space = spaceOf(task);
        Usage usage = thread != null ? thread.usage() : process.usage();
        Usage children = process.childrenUsage();
        ControllingTerminal terminal = task == null ? null : task.terminal();
        int nice = task == null ? 0 : task.niceness();
        StringJoiner fields = new StringJoiner(" ");
        fields.add(Integer.toString(thread != null ? thread.tid() : process.pid()));
        fields.add("(" + (thread != null ? thread.name() : process.name()) + ")");
        fields.add(String.valueOf(state(process, task)));
        add(fields, process.parentPid(), process.groupId(), process.sessionId());
        add(
                fields,
                terminal == null ? 0 : terminal.device(),
                terminal == null ? -1 : terminal.foregroundGroup());
        add(fields, 0, usage.pageFaults(), children.pageFaults(), 0, 0);
        add(fields, Ticks.of(usage.userNanos()), Ticks.of(usage.systemNanos()));
        add(fields, Ticks.of(children.userNanos()), Ticks.of(children.systemNanos()));
        add(
                fields,
                20 + nice,
                nice,
                Math.max(1, process.tasks().size()),
                0,
                Ticks.of(process.startNanos()));
        add(
                fields,
                space == null ? 0 : space.virtualBytes(),
                space == null ? 0 : space.residentBytes() / PAGE_SIZE,
                -1);
        if (space == null) {
            add(
                    fields,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    17,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    process.waitStatus());
        } else {
            var layout = space.layout();
            add(
                    fields,
                    layout.codeStart,
                    layout.codeEnd,
                    layout.stackStart,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    17,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0);
            add(
                    fields,
                    layout.dataStart,
                    layout.dataEnd,
                    layout.breakStart,
                    layout.argumentsStart,
                    layout.argumentsEnd,
                    layout.environmentStart,
                    layout.environmentEnd,
                    0);
        }
        return fields + "\n";
    }

    private static void add(StringJoiner fields, long... values) {
        for (long value : values) {
            fields.add(Long.toString(value));
        }
    }

    static String statm(Process process) {
        AddressSpace space = spaceOf(process.anyTask());
        if (space == null) {
            return "0 0 0 0 0 0 0\n";
        }
        long size = space.virtualBytes() / PAGE_SIZE;
        long resident = space.residentBytes() / PAGE_SIZE;
        return size + " " + resident + " 0 0 0 " + size + " 0\n";
    }

    // ---- status ----

    static String status(Process process, Task thread) {
        Task task = taskOf(process, thread);
        Task speaker = task == null ? process.leader() : task;
        StringBuilder text = new StringBuilder();
        line(text, "Name", thread != null ? thread.name() : process.name());
        FsContext fs = task == null ? null : task.fs();
        if (fs != null) {
            line(text, "Umask", String.format(Locale.ROOT, "%04o", fs.umask()));
        }
        line(text, "State", stateText(state(process, task)));
        line(text, "Tgid", process.pid());
        line(text, "Ngid", 0);
        line(text, "Pid", thread != null ? thread.tid() : process.pid());
        line(text, "PPid", process.parentPid());
        line(text, "TracerPid", 0);
        if (speaker != null) {
            addOwner(text, speaker.credentials(), speaker.files());
        } else {
            addOwner(text, Credentials.of(0, 0), null);
        }
        AddressSpace space = spaceOf(task);
        if (space != null) {
            addMemory(text, space);
        }
        line(text, "Threads", Math.max(1, process.tasks().size()));
        if (speaker != null) {
            addSignals(text, process, speaker);
            addCapabilities(text, speaker);
        }
        return text + "voluntary_ctxt_switches:\t0\nnonvoluntary_ctxt_switches:\t0\n";
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(name).append(":\t").append(value).append('\n');
    }

    private static String stateText(char state) {
        return switch (state) {
            case 'R' -> "R (running)";
            case 'T' -> "T (stopped)";
            case 'Z' -> "Z (zombie)";
            default -> "S (sleeping)";
        };
    }

    private static void addOwner(StringBuilder text, Credentials who, FileTable files) {
        line(text, "Uid", who.uid() + "\t" + who.euid() + "\t" + who.suid() + "\t" + who.fsuid());
        line(text, "Gid", who.gid() + "\t" + who.egid() + "\t" + who.sgid() + "\t" + who.fsgid());
        line(text, "FDSize", files == null ? 0 : files.size());
        StringJoiner groups = new StringJoiner(" ");
        for (int group : who.groups()) {
            groups.add(Integer.toString(group));
        }
        line(text, "Groups", groups + " ");
    }

    private static void addMemory(StringBuilder text, AddressSpace space) {
        var layout = space.layout();
        kib(text, "VmPeak", space.virtualBytes());
        kib(text, "VmSize", space.virtualBytes());
        kib(text, "VmLck", space.lockedBytes());
        kib(text, "VmPin", 0);
        kib(text, "VmHWM", space.peakBytes());
        kib(text, "VmRSS", space.residentBytes());
        kib(text, "RssAnon", space.residentBytes());
        kib(text, "RssFile", 0);
        kib(text, "RssShmem", 0);
        kib(text, "VmData", layout.breakEnd - layout.breakStart);
        kib(text, "VmStk", 132 * 1024);
        kib(text, "VmExe", layout.codeEnd - layout.codeStart);
        kib(text, "VmLib", 0);
        kib(text, "VmPTE", 4096);
        kib(text, "VmSwap", 0);
    }

    private static void kib(StringBuilder text, String name, long bytes) {
        text.append(String.format(Locale.ROOT, "%s:\t%8d kB\n", name, bytes / 1024));
    }

    private static void addSignals(StringBuilder text, Process process, Task task) {
        line(text, "SigQ", "0/" + Math.max(0, process.limits().soft(Limits.SIGPENDING)));
        mask(text, "SigPnd", task.pendingOwn());
        mask(text, "ShdPnd", process.pendingShared());
        mask(text, "SigBlk", task.mask());
        mask(text, "SigIgn", process.ignoredSignals());
        mask(text, "SigCgt", process.caughtSignals());
    }

    private static void mask(StringBuilder text, String name, long set) {
        line(text, name, String.format(Locale.ROOT, "%016x", set));
    }

    private static void addCapabilities(StringBuilder text, Task task) {
        Credentials who = task.credentials();
        mask(text, "CapInh", who.inheritable());
        mask(text, "CapPrm", who.permitted());
        mask(text, "CapEff", who.effective());
        mask(text, "CapBnd", who.bounding());
        mask(text, "CapAmb", who.ambient());
        line(text, "NoNewPrivs", task.hasNoNewPrivileges() ? 1 : 0);
        line(text, "Seccomp", 0);
        int cpus = task.services().cpus();
        line(text, "Cpus_allowed", Long.toHexString(cpus >= 64 ? -1 : (1L << cpus) - 1));
        line(text, "Cpus_allowed_list", cpus == 1 ? "0" : "0-" + (cpus - 1));
        line(text, "Mems_allowed", "1");
        line(text, "Mems_allowed_list", "0");
    }

    // ---- limits ----

    static String limits(Process process) {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%-25s %-20s %-20s %-10s\n",
                        "Limit",
                        "Soft Limit",
                        "Hard Limit",
                        "Units"));
        for (int i = 0; i < Limits.COUNT; i++) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-25s %-20s %-20s %-10s\n",
                            LIMIT_NAMES[i],
                            limit(process.limits().soft(i)),
                            limit(process.limits().hard(i)),
                            LIMIT_UNITS[i]));
        }
        return text.toString();
    }

    private static String limit(long value) {
        return value < 0 ? "unlimited" : Long.toString(value);
    }
}
