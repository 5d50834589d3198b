package callgate.kernel.vfs;

import callgate.bench.inner.Mechanism;
import callgate.kernel.fs.overlay.OverlayFs;
import callgate.kernel.fs.tar.LayerEntry;
import callgate.kernel.fs.tar.LayerIndexWriter;
import callgate.kernel.fs.tar.LayerTree;
import callgate.kernel.fs.tar.TarFs;
import callgate.kernel.fs.tmpfs.TmpFs;
import callgate.kernel.mm.FramePool;
import callgate.machine.memory.PhysMem;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Paths in a tree as every sandbox has it: layers of a tar below, memory above. */
public class PathWalkBenchmark extends Mechanism {
    private final PhysMem memory = PhysMem.temporary(16 << 20);
    private final NoTask caller = new NoTask();
    private TarFs tar;
    private FsContext fs;

    @Setup
    public void build() throws IOException {
        LayerTree tree = new LayerTree();
        tree.add(entry("usr/lib/python3.13/json/decoder.py", LayerEntry.Kind.FILE, ""));
        tree.add(entry("lib", LayerEntry.Kind.SYMLINK, "usr/lib"));
        FramePool frames = new FramePool(memory);
        java.nio.file.Path tarFile = Files.createTempFile("layer", ".tar");
        java.nio.file.Path index = Files.createTempFile("layer", ".index");
        try {
            LayerIndexWriter.write(tree, 0, 0, index);
            tar = new TarFs(frames, caller.clock(), DeviceNumber.of(0, 30), tarFile, index);
        } finally {
            Files.delete(tarFile);
            Files.delete(index);
        }
        TmpFs upper =
                new TmpFs(
                        frames,
                        caller.clock(),
                        DeviceNumber.of(0, 31),
                        "tmpfs",
                        0755,
                        8 << 20,
                        1000,
                        new HeapBudget(1 << 20));
        Namespace namespace =
                new Namespace(
                        new OverlayFs(caller.clock(), DeviceNumber.of(0, 32), List.of(tar), upper),
                        "root",
                        0);
        fs = new FsContext(namespace.root(), namespace.root(), 022);
    }

    private static LayerEntry entry(String path, LayerEntry.Kind kind, String target) {
        return new LayerEntry(path, kind, 0755, 0, 0, 0, 0, 0, 0, target, 0, 0, Map.of());
    }

    @TearDown
    public void close() throws IOException {
        tar.close();
        caller.close();
        memory.close();
    }

    private int walk(String path) {
        return new PathWalk(caller, fs, null).walk(path, PathWalk.FOLLOW);
    }

    private static int expect(int expected, int result) {
        if (result != expected) {
            throw new IllegalStateException("the walk gave " + result);
        }
        return result;
    }

    /** Five names. */
    @Benchmark
    public int deepFile() {
        return expect(0, walk("/usr/lib/python3.13/json/decoder.py"));
    }

    /** The same by way of a symbolic link. */
    @Benchmark
    public int throughALink() {
        return expect(0, walk("/lib/python3.13/json/decoder.py"));
    }

    /** What a search along PATH, or for a module, mostly finds: nothing. */
    @Benchmark
    public int whatIsNotThere() {
        return expect(
                -callgate.kernel.abi.Errno.ENOENT, walk("/usr/lib/python3.13/json/nothing.so"));
    }
}
