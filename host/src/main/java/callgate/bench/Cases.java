package callgate.bench;

import static callgate.bench.BenchCase.NANOS;

import callgate.bench.Work.Agreement;
import java.util.ArrayList;
import java.util.List;

/** All cases, and what docs/BENCHMARKS.md says about them. */
final class Cases {
    /** Runs of a short command in each round; the tenth is shown. */
    private static final int SHORT = 11;

    private static final List<BenchCase> ALL = all();

    private Cases() {}

    /** The cases of a suite in the order of its table. */
    static List<BenchCase> of(Suite suite) {
        return ALL.stream().filter(it -> it.suite() == suite).toList();
    }

    private static List<BenchCase> all() {
        List<BenchCase> all = new ArrayList<>();
        addNull(all);
        addFiles(all);
        addMeetings(all);
        addTasks(all);
        addKernels(all);
        addStart(all);
        addMemory(all);
        addPrograms(all);
        return List.copyOf(all);
    }

    private static void addNull(List<BenchCase> all) {
        operation(
                all,
                Suite.NULL,
                "getppid",
                "a system call that does next to nothing",
                "every other call costs at least this");
        operation(
                all,
                Suite.NULL,
                "clock-gettime",
                "the clock through libc and the vDSO",
                "servers and language runtimes ask for the time all day");
        operation(
                all,
                Suite.NULL,
                "clock-gettime-raw",
                "the clock by a system call",
                "static programs without a vDSO, and clocks that it does not serve");
    }

    private static void addFiles(List<BenchCase> all) {
        operation(
                all,
                "getppid",
                "a system call that does next to nothing",
                "the base of the others");
        operation(all, "clock-gettime", "the clock through libc", "timeouts, logs, profilers");
        operation(all, "read-zero", "one byte from /dev/zero", "unbuffered input");
        operation(all, "write-null", "one byte to /dev/null", "unbuffered output");
        operation(
                all,
                "fstat",
                "attributes of an open file",
                "libc asks for them at every open stream");
        operation(
                all,
                "stat",
                "a walk along a path, then attributes",
                "make, git and imports of modules look at thousands of files");
        operation(all, "pread-4k", "4 KiB out of a file in memory", "databases");
        operation(all, "pwrite-4k", "4 KiB into a file in memory", "databases");
        operation(all, "open-close", "opening and closing a file", "compilers, web servers");
        operation(
                all, "create-unlink", "making and removing a file", "temporary files, build trees");
    }

    private static void addMeetings(List<BenchCase> all) {
        operation(
                all,
                "pipe",
                "two processes that pass a byte to and fro through pipes",
                "shell pipelines");
        operation(all, "unix", "the same by a pair of AF_UNIX sockets", "databases and proxies");
        operation(all, "tcp", "the same over TCP on loopback", "services in one sandbox");
        operation(all, "futex", "two threads that wake each other", "locks and queues of threads");
        operation(all, "epoll", "epoll_wait with an event there", "event loops");
        operation(all, "eventfd", "a write and a read of an eventfd", "wake-ups of event loops");
        all.add(
                new BenchCase(
                        Suite.OS,
                        "pipe-64m",
                        "ns/MiB",
                        "64 MiB through a pipe, in blocks of 64 KiB",
                        "pipelines that move data",
                        osbench("pipe-64m")));
    }

    private static void addTasks(List<BenchCase> all) {
        operation(
                all,
                "mmap-touch",
                "mmap of 64 KiB, one page touched, munmap",
                "allocators that give memory back");
        operation(all, "page-fault", "the first touch of a page", "every program that grows");
        operation(all, "signal", "a signal to oneself and its handler", "runtimes, timers");
        operation(all, "fork", "fork, exit and wait", "shells and servers that fork");
        operation(all, "fork-exec", "fork, exec of a static program, wait", "shell scripts, make");
        operation(all, "pthread", "a thread made and joined", "programs with short threads");
    }

    private static void addKernels(List<BenchCase> all) {
        kernel(all, "sieve", "byte stores in strides", "loops over large arrays");
        kernel(all, "intmatmul", "integer multiplication and loads", "numeric code");
        kernel(all, "list", "loads that wait for loads", "trees, objects, garbage collectors");
        kernel(all, "crc32", "table look-ups and shifts", "checksums, compression");
        kernel(all, "qsort", "calls through a pointer, compares", "sorting, callbacks");
        kernel(all, "fib", "calls and returns", "recursive code, small functions");
        kernel(all, "nbody", "floating point, square roots", "simulation");
        kernel(all, "matmul", "floating-point multiply and add", "numeric libraries");
        kernel(all, "gotos", "jumps through a table", "interpreters of languages");
        kernel(all, "strings", "byte loops of libc", "parsers, text");
        kernel(all, "dhry", "a mix of calls, structures, strings", "ordinary C");
    }

    private static void addStart(List<BenchCase> all) {
        all.add(
                new BenchCase(
                        Suite.START,
                        "run-true",
                        NANOS,
                        "a new peer for one program: `./callgate run -- true` from the shell",
                        "tools and tests that start a sandbox for every task",
                        new Work.FromShell(3)));
        launched(
                all,
                Suite.START,
                SHORT,
                "true",
                "fork and exec of a dynamic program in a running kernel",
                "scripts are mostly this",
                List.of("true"));
        launched(
                all,
                Suite.START,
                SHORT,
                "sh",
                "the same for a shell, `sh -c :`",
                "system(), make, hooks",
                List.of("sh", "-c", ":"));
        launched(
                all,
                Suite.START,
                SHORT,
                "python3",
                "the same for `python3 -c 0`: much code, each part run a little",
                "command-line tools in Python",
                List.of("python3", "-c", "0"));
        all.add(
                new BenchCase(
                        Suite.START,
                        "coldcode",
                        NANOS,
                        "1000 different functions, each called once",
                        "start-up code, error paths, installers",
                        new Work.Built("coldcode", List.of(), "ns", List.of())));
    }

    private static void addMemory(List<BenchCase> all) {
        all.add(
                new BenchCase(
                        Suite.START,
                        "idle-shell",
                        "KiB",
                        "memory of a shell that waits for input, for Callgate with a sandbox of its own in a JVM of many",
                        "services that keep a sandbox for every user",
                        new Work.Waiting()));
    }

    private static void addPrograms(List<BenchCase> all) {
        launched(
                all,
                Suite.PROGRAMS,
                5,
                "python3-start",
                "Python until its first line",
                "scripts and tools",
                List.of("python3", "-c", "0"));
        program(
                all,
                "python3-loop",
                "an interpreter's main loop, dictionaries, integers",
                "Python programs",
                "python3",
                "loop.py");
        program(
                all,
                "sqlite3",
                "B-trees, a byte-code interpreter, a file",
                "databases inside programs",
                "sqlite3",
                "-batch",
                "speed.db",
                ".read speed.sql");
        written(
                all,
                "gzip",
                "matching of strings, Huffman codes",
                "archives, packages, web servers",
                List.of("gzip", "-1", "-n", "-k", "-f", "text"),
                List.of("gzip", "-dc", "text.gz"));
        written(
                all,
                "sort",
                "compares and much memory",
                "text pipelines",
                List.of("sort", "-o", "sorted", "text"),
                List.of("sha256sum", "sorted"));
        written(
                all,
                "xz",
                "LZMA: range coding, branches that nobody can predict",
                "packages",
                List.of("xz", "-1", "-T1", "-k", "-f", "sample"),
                List.of("xz", "-dc", "sample.xz"));
        program(
                all,
                "mawk",
                "splitting lines, hash tables, floating point",
                "log files",
                "mawk",
                "-f",
                "words.awk",
                "text");
        program(
                all,
                "perl",
                "regular expressions, hashes",
                "text tools, build systems",
                "perl",
                "words.pl",
                "sample");
        all.add(
                new BenchCase(
                        Suite.PROGRAMS,
                        "gcc",
                        NANOS,
                        "`gcc -O2 -c` of one file: a large program that runs a little of everything, and two more that it starts",
                        "builds; natively it compiles for the host's processor",
                        new Work.Launched(
                                1,
                                List.of("gcc", "-O2", "-c", "unit.c", "-o", "unit.o"),
                                List.of("sha256sum", "unit.o"),
                                Agreement.SAME_PROCESSOR)));
        program(
                all,
                "sha256sum",
                "rotations and additions in one long loop",
                "checksums; natively special instructions may do it",
                "sha256sum",
                "text");
    }

    private static void operation(List<BenchCase> all, String name, String shows, String matters) {
        operation(all, Suite.OS, name, shows, matters);
    }

    private static void operation(
            List<BenchCase> all, Suite suite, String name, String shows, String matters) {
        all.add(new BenchCase(suite, name, NANOS, shows, matters, osbench(name)));
    }

    private static Work osbench(String name) {
        return new Work.Built("osbench", List.of(name), "ns", List.of("1"));
    }

    private static void kernel(List<BenchCase> all, String name, String shows, String matters) {
        Work work = new Work.Built("bench", List.of(name), "steady", List.of("1", "11"));
        all.add(new BenchCase(Suite.CPU, name, NANOS, shows, matters, work));
    }

    private static void launched(
            List<BenchCase> all,
            Suite suite,
            int times,
            String name,
            String shows,
            String matters,
            List<String> command) {
        Work work = new Work.Launched(times, command, List.of(), Agreement.EVERYWHERE);
        all.add(new BenchCase(suite, name, NANOS, shows, matters, work));
    }

    private static void program(
            List<BenchCase> all, String name, String shows, String matters, String... command) {
        launched(all, Suite.PROGRAMS, 1, name, shows, matters, List.of(command));
    }

    private static void written(
            List<BenchCase> all,
            String name,
            String shows,
            String matters,
            List<String> command,
            List<String> proof) {
        Work work = new Work.Launched(1, command, proof, Agreement.EVERYWHERE);
        all.add(new BenchCase(Suite.PROGRAMS, name, NANOS, shows, matters, work));
    }

    /** What every case is for, in Markdown: a part of docs/BENCHMARKS.md. */
    static String explanation() {
        StringBuilder text = new StringBuilder();
        for (Suite suite : Suite.values()) {
            text.append("\n### `").append(suite.id()).append("`: ").append(suite.question());
            text.append("\n| case | shows | matters for |\n|---|---|---|\n");
            for (BenchCase it : of(suite)) {
                text.append("| `").append(it.name()).append("` | ").append(it.shows());
                text.append(" | ").append(it.matters()).append(" |\n");
            }
        }
        return text.toString();
    }
}
