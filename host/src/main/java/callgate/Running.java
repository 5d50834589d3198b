package callgate;

import callgate.kernel.GuestProcess;
import java.time.Duration;

/** A program that was started. Thread-safe. */
public final class Running {
    private final GuestProcess process;
    private final long deadlineNanos;
    private final Capture output;
    private final Capture error;
    private final boolean limited;

    Running(GuestProcess process, Duration timeout, Capture output, Capture error) {
        this.process = process;
        this.output = output;
        this.error = error;
        limited = timeout != null;
        deadlineNanos = limited ? System.nanoTime() + timeout.toNanos() : 0;
    }

    /** Its process number inside the sandbox. */
    public int pid() {
        return process.pid();
    }

    /**
     * Waits for its end; kills it, and all that it started in its session, when its time is over.
     */
    public Result waitFor() throws InterruptedException {
        GuestProcess.Exit exit;
        boolean timedOut = false;
        if (limited) {
            exit =
                    process.waitFor(
                            Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
            if (exit == null) {
                timedOut = true;
                process.end();
                exit = process.waitFor(null);
            }
        } else {
            exit = process.waitFor(null);
        }
        GuestProcess.Usage usage = process.usage();
        return new Result(
                exit.status(),
                exit.signal(),
                timedOut,
                output == null ? new byte[0] : output.toByteArray(),
                error == null ? new byte[0] : error.toByteArray(),
                Duration.ofNanos(usage.userNanos()),
                Duration.ofNanos(usage.systemNanos()),
                usage.maxResidentBytes());
    }

    /** Ends it and all that it started in its session, at once. */
    public void kill() {
        process.end();
    }

    /** Sends it a signal, by its Linux number. */
    public void signal(int number) {
        process.kill(number);
    }

    /** Sends a signal to the foreground job of its terminal. */
    public void interrupt(int number) {
        process.interrupt(number);
    }

    /** Tells it that its terminal has a new size. */
    public void resize(int columns, int rows) {
        process.resize(columns, rows);
    }
}
