package callgate.bench.soak;

import callgate.Sandbox;
import callgate.Usage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Reads all figures while nothing runs. */
final class Sampler {
    /**
     * The second collection finds what the first one's cleaners let go; a third, classes that died
     * with those.
     */
    private static final int COLLECTIONS = 3;

    /** Threads of ended tasks wait five seconds for the next one. */
    private static final long SETTLING_MILLIS = 6000;

    private static final int KIBI = 1024;

    private static final Usage NO_SANDBOX = new Usage(0, 0, 0, 0);

    private Sampler() {}

    /** Without any sandbox. */
    static Map<Figure, Long> sample() throws IOException, InterruptedException {
        return sample(() -> NO_SANDBOX);
    }

    /** With one, in which nothing runs. */
    static Map<Figure, Long> sample(Sandbox sandbox) throws IOException, InterruptedException {
        return sample(sandbox::usage);
    }

    private static Map<Figure, Long> sample(Supplier<Usage> sandbox)
            throws IOException, InterruptedException {
        Thread.sleep(SETTLING_MILLIS);
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(100); // cleaners, and the JVM's sweeper of compiled code
        }
        Map<Figure, Long> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.METASPACE, pools("Metaspace"));
        figures.put(
                Figure.CLASSES,
                (long) ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
        figures.put(Figure.CODE_CACHE, pools("CodeHeap") + pools("CodeCache"));
        figures.put(
                Figure.HEAP,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / KIBI);
        figures.put(
                Figure.HOST_THREADS, (long) ManagementFactory.getThreadMXBean().getThreadCount());
        figures.put(Figure.OPEN_FILES, openFiles());
        figures.put(Figure.RESIDENT, resident());
        Usage usage = sandbox.get();
        figures.put(Figure.GUEST_MEMORY, usage.memoryBytes() / KIBI);
        figures.put(Figure.GUEST_HEAP, usage.heapBytes() / KIBI);
        figures.put(Figure.GUEST_TASKS, (long) usage.tasks());
        figures.put(Figure.GUEST_THREADS, usage.threads());
        return figures;
    }

    /** KiB used in the pools whose names begin so. */
    private static long pools(String name) {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().startsWith(name))
                .map(MemoryPoolMXBean::getUsage)
                .mapToLong(usage -> usage.getUsed() / KIBI)
                .sum();
    }

    /** 0 where the host does not tell. */
    private static long openFiles() throws IOException {
        Path folder = Path.of("/proc/self/fd");
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    /** KiB; 0 where the host does not tell. */
    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        }
    }
}
