package callgate.kernel.fs.proc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.AddressSpace.FileArea;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.MappedOpenFile;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.vfs.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code /proc/PID/map_files}: a link for each mapping of a file, named by its range. */
final class MapFilesDirectory extends ProcDirectory {
    private final ProcessFiles process;
    private final Namespace namespace;

    MapFilesDirectory(ProcFs fileSystem, String key, ProcessFiles process, Namespace namespace) {
        super(
                fileSystem,
                key,
                0500,
                process.task().credentials().euid(),
                process.task().credentials().egid());
        this.process = process;
        this.namespace = namespace;
    }

    private List<FileArea> areas() {
        AddressSpace space = process.task().space();
        return space == null ? List.of() : space.fileAreas();
    }

    private static String nameOf(FileArea area) {
        return String.format(Locale.ROOT, "%x-%x", area.start(), area.end());
    }

    @Override
    ProcNode find(String name) {
        for (FileArea area : areas()) {
            if (area.file() instanceof MappedOpenFile && nameOf(area).equals(name)) {
                return new ProcLink(
                        proc(),
                        childKey(name),
                        area.isWritable() ? 0700 : 0500,
                        uid(),
                        gid(),
                        caller -> Namespace.nameOf(path(caller, name), namespace.root()),
                        caller -> path(caller, name));
            }
        }
        return null;
    }

    private Path path(Caller caller, String name) {
        process.allowInspection(caller);
        for (FileArea area : areas()) {
            if (area.file() instanceof MappedOpenFile file && nameOf(area).equals(name)) {
                return file.file().path();
            }
        }
        throw new ErrnoException(Errno.ENOENT);
    }

    @Override
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (FileArea area : areas()) {
            if (area.file() instanceof MappedOpenFile) {
                entries.add(new Entry(nameOf(area), area.start() >>> 12, Mode.S_IFLNK));
            }
        }
        return entries;
    }
}
