package callgate.kernel.fs.proc;

import callgate.kernel.abi.Mode;
import callgate.kernel.vfs.AnonymousFs;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The links below {@code /proc/PID/ns}: namespaces(7). There is one namespace of each kind, which
 * all processes are in; its number tells programs so.
 */
final class NamespaceLinks {
    private static final List<String> KINDS =
            List.of("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts");

    /** Links that say what children will be in. */
    private static final List<String> OF_CHILDREN = List.of("pid", "time");

    private final Map<String, Path> places = new LinkedHashMap<>();

    NamespaceLinks(Clock clock, long device) {
        AnonymousFs files = new AnonymousFs(clock, device, "nsfs");
        for (String kind : KINDS) {
            Inode inode = files.newInode(Mode.S_IFREG | 0444, 0, 0);
            places.put(kind, Path.detached(kind + ":[" + inode.number() + "]", inode));
        }
    }

    /** Adds the links of a process; {@code inspection} throws if a caller may not follow them. */
    void addTo(FixedDirectory directory, Consumer<Caller> inspection) {
        places.forEach((kind, place) -> add(directory, kind, place, inspection));
        for (String kind : OF_CHILDREN) {
            add(directory, kind + "_for_children", places.get(kind), inspection);
        }
    }

    private static void add(
            FixedDirectory directory, String name, Path place, Consumer<Caller> inspection) {
        directory.add(
                name,
                Mode.S_IFLNK,
                key ->
                        new ProcLink(
                                directory.proc(),
                                key,
                                0777,
                                directory.uid(),
                                directory.gid(),
                                caller -> place.dentry().name(),
                                caller -> {
                                    inspection.accept(caller);
                                    return place;
                                }));
    }
}
