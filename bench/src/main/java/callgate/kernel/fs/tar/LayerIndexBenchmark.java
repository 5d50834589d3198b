package callgate.kernel.fs.tar;

import callgate.bench.inner.Mechanism;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A name in a directory of an image, found in the layer's index. */
public class LayerIndexBenchmark extends Mechanism {
    /** Files in the directory. */
    @Param({"16", "2000"})
    public int files;

    private LayerIndex index;
    private byte[][] names;
    private byte[] missing;
    private int next;

    @Setup
    public void write() throws IOException {
        LayerTree tree = new LayerTree();
        names = new byte[files][];
        for (int i = 0; i < files; i++) {
            String name = "lib" + Integer.toHexString(i * 40_503 & 0xffff) + "-" + i + ".so";
            tree.add(file(name));
            names[i] = name.getBytes(StandardCharsets.ISO_8859_1);
        }
        missing = "libnothing.so".getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.createTempFile("layer", ".index");
        try {
            LayerIndexWriter.write(tree, 0, 0, file);
            index = LayerIndex.open(file);
        } finally {
            Files.delete(file);
        }
    }

    private static LayerEntry file(String name) {
        return new LayerEntry(
                name, LayerEntry.Kind.FILE, 0644, 0, 0, 0, 0, 0, 0, "", 0, 0, Map.of());
    }

    @Benchmark
    public int lookUp() {
        next = next + 1 < files ? next + 1 : 0;
        return index.lookup(LayerIndex.ROOT, names[next]);
    }

    @Benchmark
    public int lookUpWhatIsNotThere() {
        return index.lookup(LayerIndex.ROOT, missing);
    }
}
