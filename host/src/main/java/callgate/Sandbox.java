package callgate;

import callgate.image.ImageReference;
import callgate.image.ImageSource;
import callgate.image.ImageStore;
import callgate.image.report.Progress;
import callgate.kernel.Kernel;
import callgate.kernel.KernelOptions;
import callgate.kernel.StartException;
import callgate.machine.hart.Tier;
import callgate.machine.memory.PhysMem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * An isolated Linux: a kernel of its own with its memory, files and processes, in which programs of
 * an image are run. Nothing in it can reach the JVM's memory, or host files and sockets that it was
 * not given.
 *
 * <pre>{@code
 * try (Sandbox s = Sandbox.builder().image("debian").memory("512m").build()) {
 *     Result r = s.run("python3", "-c", "print(6 * 7)");
 *     System.out.print(r.text());
 * }
 * }</pre>
 *
 * Files written by one program are seen by the next one in the same sandbox, and are gone when it
 * is closed. Thread-safe: several programs may run at a time.
 */
public final class Sandbox implements AutoCloseable {
    private static final String DEFAULT_PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Kernel kernel;
    private final Builder settings;

    private Sandbox(Kernel kernel, Builder settings) {
        this.kernel = kernel;
        this.settings = settings;
    }

    /** Settings of a new sandbox; every one has a default. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Runs a program to its end, with empty input, and captures its output (at most 64 MiB of each
     * stream; what is beyond is read and thrown away).
     *
     * @throws SandboxException if it cannot be started
     */
    public Result run(String... command) {
        return command(command).run();
    }

    /** Settings of one program run; see {@link Command}. */
    public Command command(String... command) {
        return command(List.of(command));
    }

    /** As {@link #command(String...)}. */
    public Command command(List<String> command) {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("no program was given");
        }
        return new Command(this, command);
    }

    /** What it holds at the moment, of the host's and of its own limits. */
    public Usage usage() {
        return new Usage(
                (long) kernel.usedFrames() * PhysMem.PAGE_SIZE,
                kernel.usedHeapBytes(),
                kernel.tasks(),
                kernel.liveThreads());
    }

    /** Kills everything in the sandbox and frees its memory. */
    @Override
    public void close() {
        kernel.close();
    }

    Kernel kernel() {
        return kernel;
    }

    Builder settings() {
        return settings;
    }

    /** Settings of a sandbox. Not thread-safe. */
    public static final class Builder {
        private String image = "debian";
        private long memoryBytes = defaultMemory();
        private int cpus = Runtime.getRuntime().availableProcessors();
        private int pids = 4096;
        private Tier tier = Tier.MIXED;
        private String hostname = "callgate";
        private final List<KernelOptions.HostMount> mounts = new ArrayList<>();
        private Consumer<String> trace;
        private Consumer<String> log = line -> {};
        private Progress progress = Progress.SILENT;
        final Map<String, String> environment = new LinkedHashMap<>();
        String workingDirectory;
        String user;
        Duration timeout;

        private Builder() {
            environment.put("PATH", DEFAULT_PATH);
            environment.put("LANG", "C.UTF-8");
        }

        private static long defaultMemory() {
            return 2L << 30;
        }

        /**
         * The image: a name in the store, {@code builtin}, {@code debian} (made on first use), a
         * tar file, or a directory.
         */
        public Builder image(String reference) {
            image = Objects.requireNonNull(reference);
            return this;
        }

        /**
         * Guest RAM, a hard limit, such as {@code 512m}. Default 2g; only what is used costs host
         * memory.
         */
        public Builder memory(String size) {
            return memory(MemorySize.parse(size));
        }

        /** Guest RAM in bytes, at least 16 MiB. */
        public Builder memory(long bytes) {
            if (bytes < 16L << 20) {
                throw new IllegalArgumentException(
                        "a sandbox needs at least 16m of memory, not " + bytes + " bytes");
            }
            memoryBytes = bytes;
            return this;
        }

        /** How many tasks may run at the same time, from 1. Default: the host's processors. */
        public Builder cpus(int count) {
            cpus = positive("cpus", count);
            return this;
        }

        /** How many tasks (processes and threads) there may be at a time. Default 4096. */
        public Builder pids(int limit) {
            pids = positive("pids", limit);
            return this;
        }

        private static int positive(String what, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(what + " must be at least 1, not " + value);
            }
            return value;
        }

        /** Shares a directory of the host at an absolute path of the guest. */
        public Builder mount(Path host, String guest, Access access) {
            if (!guest.startsWith("/")) {
                throw new IllegalArgumentException(
                        "mount point '" + guest + "' must be an absolute path");
            }
            mounts.add(
                    new KernelOptions.HostMount(
                            host,
                            guest,
                            switch (access) {
                                case READ_ONLY -> KernelOptions.MountAccess.READ_ONLY;
                                case READ_WRITE -> KernelOptions.MountAccess.READ_WRITE;
                            }));
            return this;
        }

        /**
         * An environment variable of every program; PATH and LANG have defaults, HOME is that of
         * the user.
         */
        public Builder env(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** Working directory of programs; the default is the user's home. */
        public Builder workdir(String directory) {
            workingDirectory = directory;
            return this;
        }

        /**
         * Who programs run as: a name of the image or a uid, with an optional {@code :group}.
         * Default root.
         */
        public Builder user(String name) {
            user = name;
            return this;
        }

        /** After this time a program is killed. Default: never. */
        public Builder timeout(Duration limit) {
            timeout = limit;
            return this;
        }

        /** The name that the guest sees as its own. Default {@code callgate}. */
        public Builder hostname(String name) {
            hostname = Objects.requireNonNull(name);
            return this;
        }

        /** How guest code is run. Default {@link Tier#MIXED}. */
        public Builder tier(Tier how) {
            tier = Objects.requireNonNull(how);
            return this;
        }

        /** Gets a line for every system call. */
        public Builder trace(Consumer<String> sink) {
            trace = sink;
            return this;
        }

        /** Gets what the kernel has to say: OOM kills and the like. Default: nothing is said. */
        public Builder log(Consumer<String> sink) {
            log = Objects.requireNonNull(sink);
            return this;
        }

        /** Is told when an image has to be made or indexed first. Default: nobody is. */
        public Builder progress(Progress listener) {
            progress = Objects.requireNonNull(listener);
            return this;
        }

        /**
         * Boots the sandbox. The first use of {@code debian} downloads and unpacks packages, which
         * takes a while.
         *
         * @throws SandboxException if the image is missing or broken, or the host lacks something
         */
        public Sandbox build() {
            try {
                return new Sandbox(
                        Kernel.boot(
                                new KernelOptions(
                                        memoryBytes,
                                        cpus,
                                        pids,
                                        tier,
                                        hostname,
                                        root(),
                                        List.copyOf(mounts),
                                        trace,
                                        log)),
                        this);
            } catch (IOException | StartException e) {
                throw new SandboxException(e.getMessage(), 125, e);
            }
        }

        private KernelOptions.Root root() throws IOException {
            Map<String, String> host = System.getenv();
            return switch (ImageReference.resolve(image, ImageStore.ofUser(host), host, progress)) {
                case ImageSource.HostDirectory directory ->
                        new KernelOptions.Root.Directory(directory.directory());
                case ImageSource.Layers layers ->
                        new KernelOptions.Root.Layers(
                                layers.layers().stream()
                                        .map(
                                                layer ->
                                                        new KernelOptions.Layer(
                                                                layer.tar(), layer.index()))
                                        .toList());
            };
        }
    }
}
