package callgate.bench;

import java.util.Locale;

/** Groups of cases that answer one question. */
enum Suite {
    NULL("what entering and leaving the kernel costs"),
    OS("operations of the kernel: system calls, files, pipes, sockets, processes, threads"),
    CPU("computing without system calls: memory, calls, floating point, jumps through tables"),
    START("how long it takes until a program runs, and what code costs that runs only once"),
    PROGRAMS("what people run: programs of Debian, the same work everywhere");

    private final String question;

    Suite(String question) {
        this.question = question;
    }

    /** Its name on the command line and in JSON. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it is about, in half a sentence. */
    String question() {
        return question;
    }
}
