package callgate.kernel.fs.proc;

import callgate.kernel.abi.Mode;
import callgate.kernel.task.Process;
import callgate.kernel.task.Services;
import callgate.kernel.task.Task;
import callgate.kernel.task.TaskTable;
import callgate.kernel.vfs.Namespace;
import java.util.ArrayList;
import java.util.List;

/**
 * The root directory of {@code /proc}: fixed files, {@code self}, and a directory for each process.
 */
public final class ProcRoot extends ProcDirectory {
    /** Processes are listed after the fixed files, at their number. */
    private static final int PROCESS_POSITION = 1000;

    private final Services services;
    private final Namespace namespace;
    private final NamespaceLinks links;
    private final FixedDirectory fixed;

    private ProcRoot(ProcFs fileSystem, Services services, Namespace namespace) {
        super(fileSystem, "", 0555, 0, 0);
        this.services = services;
        this.namespace = namespace;
        links = new NamespaceLinks(services.clock(), namespace.newDeviceNumber());
        fixed = new FixedDirectory(fileSystem, "");
        fixed.add(
                "self",
                Mode.S_IFLNK,
                key ->
                        new ProcLink(
                                fileSystem,
                                key,
                                0777,
                                0,
                                0,
                                caller -> Integer.toString(caller.processId()),
                                null));
        fixed.add(
                "thread-self",
                Mode.S_IFLNK,
                key ->
                        new ProcLink(
                                fileSystem,
                                key,
                                0777,
                                0,
                                0,
                                caller -> caller.processId() + "/task/" + caller.threadId(),
                                null));
        new SystemFiles(services).addTo(fixed);
    }

    /** A file system for {@code /proc}. */
    public static ProcFs fileSystem(Services services, Namespace namespace, long device) {
        return new ProcFs(
                services.clock(),
                device,
                "proc",
                ProcFs.PROC_MAGIC,
                services.heap(),
                fileSystem -> new ProcRoot(fileSystem, services, namespace));
    }

    @Override
    ProcNode find(String name) {
        int pid = parseNumber(name);
        if (pid < 0) {
            return fixed.find(name);
        }
        Process process =
                pid == TaskTable.INIT ? services.table().init() : services.table().process(pid);
        if (process == null) { // a thread's number works too, though it is not listed
            Task task = services.table().task(pid);
            process = task == null ? null : task.process();
        }
        return process == null
                ? null
                : ProcessFiles.directory(proc(), childKey(name), namespace, links, process);
    }

    /** A decimal number without leading zeros, or -1. */
    static int parseNumber(String name) {
        if (name.isEmpty() || name.length() > 9 || name.charAt(0) == '0' && name.length() > 1) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return number;
    }

    @Override
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(fixed.entries());
        addTo(entries, services.table().init());
        services.table().processes().forEach(process -> addTo(entries, process));
        return entries;
    }

    private static void addTo(List<Entry> entries, Process process) {
        entries.add(
                new Entry(
                        Integer.toString(process.pid()),
                        PROCESS_POSITION + process.pid(),
                        Mode.S_IFDIR));
    }
}
