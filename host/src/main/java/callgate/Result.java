package callgate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * How a program ended, and what it wrote.
 *
 * @param status exit status 0 to 255; meaningless if a signal ended it
 * @param signal number of the signal that ended it, or 0
 * @param timedOut whether it was killed because its time was over
 * @param output what it wrote to standard output, as far as captured; empty if it was sent
 *     elsewhere
 * @param error likewise, standard error
 * @param userTime CPU time in the program
 * @param systemTime CPU time in the kernel on its behalf
 * @param maxResidentBytes most memory it held at a time
 */
public record Result(
        int status,
        int signal,
        boolean timedOut,
        byte[] output,
        byte[] error,
        Duration userTime,
        Duration systemTime,
        long maxResidentBytes) {
    /** Whether it ended by itself with status 0. */
    public boolean succeeded() {
        return signal == 0 && status == 0;
    }

    /** As a shell reports it: the status, or 128 + the signal. */
    public int exitCode() {
        return signal == 0 ? status : 128 + signal;
    }

    /** Standard output as UTF-8 text. */
    public String text() {
        return new String(output, StandardCharsets.UTF_8);
    }

    /** Standard error as UTF-8 text. */
    public String errorText() {
        return new String(error, StandardCharsets.UTF_8);
    }
}
