package callgate.machine.isa;

import callgate.bench.inner.Mechanism;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** From an encoding to an instruction: the main cost of code that runs only once. */
public class DecoderBenchmark extends Mechanism {
    private static final int COUNT = 1024;

    private final int[] wide = new int[COUNT];
    private final int[] compressed = new int[COUNT];

    @Setup
    public void choose() {
        Random random = new Random(42);
        Op[] ops = Op.all().stream().filter(op -> op != Op.ILLEGAL).toArray(Op[]::new);
        for (int i = 0; i < COUNT; i++) {
            Op op = ops[random.nextInt(ops.length)];
            wide[i] = op.match() | random.nextInt() & ~op.mask();
            do {
                compressed[i] = random.nextInt(1 << 16);
            } while (Decoder.length(compressed[i]) != 2 || Compressed.expand(compressed[i]) == 0);
        }
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void decode(Blackhole hole) {
        for (int bits : wide) {
            hole.consume(Decoder.decode(bits));
        }
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void decodeCompressed(Blackhole hole) {
        for (int bits : compressed) {
            hole.consume(Decoder.decode(bits));
        }
    }
}
