package callgate.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Something that runs programs: the host itself, an emulator, Callgate. Every method throws an
 * {@link IOException} that says why, if the program cannot be run or fails. Used by one thread.
 */
interface Peer extends AutoCloseable {
    /** Longest run of one command. */
    Duration LIMIT = Duration.ofMinutes(10);

    /** For which processor its programs are made. */
    enum Processor {
        HOST,
        RISCV64
    }

    /** Where the output of a launched command goes. */
    enum Output {
        /** To /dev/null. */
        DROPPED,
        /** Before the last line. */
        SHOWN
    }

    /** The column its figures stand in. */
    Column column();

    Processor processor();

    /** Runs a program of {@code guest/bench}; what it printed. */
    String built(String program, List<String> arguments) throws IOException, InterruptedException;

    /**
     * Starts a command again and again.
     *
     * @return with the last line of {@code guest/bench/launch.c}, one character a byte
     */
    String launched(int times, Output output, List<String> command)
            throws IOException, InterruptedException;

    /** Runs a command once in the folder of {@link WorkFiles}; what it printed. */
    byte[] output(List<String> command) throws IOException, InterruptedException;

    /** Starts this peer again and again to run {@code true}; a line as of {@link #launched}. */
    String fromShell(int times) throws IOException, InterruptedException;

    /** Bytes of the host's memory that a shell takes which waits for input; one of many. */
    double waitingBytes(Effort effort) throws IOException, InterruptedException;

    @Override
    default void close() {}
}
