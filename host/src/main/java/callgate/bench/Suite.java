package callgate.bench;

import java.util.List;

/** Which cases there are, and how their programs are called. */
enum Suite {
    /** Computing without system calls. */
    CPU(
            "bench",
            List.of(
                    "sieve",
                    "intmatmul",
                    "list",
                    "crc32",
                    "qsort",
                    "fib",
                    "nbody",
                    "matmul",
                    "gotos",
                    "strings",
                    "dhry"),
            "steady"),
    /** Operations of the kernel. */
    OS(
            "osbench",
            List.of(
                    "getppid",
                    "clock-gettime",
                    "read-zero",
                    "write-null",
                    "fstat",
                    "stat",
                    "pread-4k",
                    "pwrite-4k",
                    "open-close",
                    "pipe",
                    "unix",
                    "tcp",
                    "futex",
                    "mmap-touch",
                    "page-fault",
                    "signal",
                    "fork",
                    "fork-exec",
                    "pthread",
                    "epoll",
                    "eventfd",
                    "create-unlink"),
            "ns"),
    /** Code that runs only once. */
    COLD("coldcode", List.of("coldcode"), "ns");

    private final String program;
    private final List<String> cases;
    private final String measure;

    Suite(String program, List<String> cases, String measure) {
        this.program = program;
        this.cases = cases;
        this.measure = measure;
    }

    String id() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    String program() {
        return program;
    }

    List<String> cases() {
        return cases;
    }

    /** The word in a program's output whose value is compared. */
    String measure() {
        return measure;
    }

    List<String> arguments(String benchCase) {
        return this == COLD ? List.of() : List.of(benchCase);
    }
}
