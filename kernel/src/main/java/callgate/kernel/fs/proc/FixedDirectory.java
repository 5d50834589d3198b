package callgate.kernel.fs.proc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A directory with a fixed set of names. Filled before anybody sees it, then not changed. */
class FixedDirectory extends ProcDirectory {
    private record Maker(int type, Function<String, ProcNode> make) {}

    private final Map<String, Maker> makers = new LinkedHashMap<>();

    FixedDirectory(ProcFs fileSystem, String key, int permissions, int uid, int gid) {
        super(fileSystem, key, permissions, uid, gid);
    }

    FixedDirectory(ProcFs fileSystem, String key) {
        this(fileSystem, key, 0555, 0, 0);
    }

    /** Adds a name; {@code make} gets the key of the new node. */
    final void add(String name, int type, Function<String, ProcNode> make) {
        makers.put(name, new Maker(type, make));
    }

    /** Adds a text that only root's own files make: readable by all. */
    final void text(String name, ProcText.Content content) {
        add(
                name,
                callgate.kernel.abi.Mode.S_IFREG,
                key -> new ProcText(proc(), key, 0444, uid(), gid(), content, null));
    }

    /** Adds a text that can be written too. */
    final void text(String name, int permissions, ProcText.Content content, ProcText.Sink sink) {
        add(
                name,
                callgate.kernel.abi.Mode.S_IFREG,
                key -> new ProcText(proc(), key, permissions, uid(), gid(), content, sink));
    }

    /** Adds a symbolic link. */
    final void link(String name, String target) {
        add(
                name,
                callgate.kernel.abi.Mode.S_IFLNK,
                key -> new ProcLink(proc(), key, 0777, uid(), gid(), caller -> target, null));
    }

    /** Adds a directory, and returns it to be filled. */
    final FixedDirectory directory(String name) {
        FixedDirectory directory = new FixedDirectory(proc(), childKey(name), 0555, uid(), gid());
        add(name, callgate.kernel.abi.Mode.S_IFDIR, key -> directory);
        return directory;
    }

    @Override
    ProcNode find(String name) {
        Maker maker = makers.get(name);
        return maker == null ? null : maker.make.apply(childKey(name));
    }

    @Override
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(makers.size());
        makers.forEach((name, maker) -> entries.add(new Entry(name, entries.size(), maker.type)));
        return entries;
    }
}
