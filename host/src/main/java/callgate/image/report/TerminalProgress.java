package callgate.image.report;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Shows progress as one line that is written over, and as nothing but lines when it is not a
 * terminal.
 */
public final class TerminalProgress implements Progress {
    /** Where the text goes. */
    public enum Target {
        /** A terminal: a line at the bottom shows what is going on. */
        TERMINAL,
        /** A file or pipe: only lines that stay. */
        FILE
    }

    private static final long INTERVAL_NANOS = 100_000_000;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final Target target;
    private String what = "";
    private long startNanos;
    private long lastNanos;
    private boolean shown;

    /** Writes to a stream, the standard error as a rule. */
    public TerminalProgress(PrintStream out, Target target) {
        this.out = out;
        this.target = target;
    }

    /** Writes to the standard error, as fits what that is. */
    public static TerminalProgress ofStandardError() {
        return new TerminalProgress(System.err, isTerminal() ? Target.TERMINAL : Target.FILE);
    }

    /**
     * The library only knows of standard input and output; Linux names what the standard error is.
     */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException | RuntimeException e) {
            Console console = System.console();
            return console != null && console.isTerminal();
        }
    }

    @Override
    public synchronized void line(String text) {
        erase();
        out.println(text);
        out.flush();
    }

    @Override
    public synchronized void bytes(String what, long done, long total) {
        if (due(what, done == total)) {
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            String rate =
                    seconds < 0.5
                            ? ""
                            : String.format(Locale.ROOT, ", %.1f MB/s", done / 1e6 / seconds);
            String of = total > 0 ? String.format(Locale.ROOT, " of %.1f", total / 1e6) : "";
            show(String.format(Locale.ROOT, "%s: %.1f%s MB%s", what, done / 1e6, of, rate));
        }
    }

    @Override
    public synchronized void count(String what, long done, long total) {
        if (due(what, done == total)) {
            show(what + ": " + done + (total > 0 ? " of " + total : ""));
        }
    }

    private boolean due(String newWhat, boolean last) {
        if (target == Target.FILE) {
            return false;
        }
        long now = System.nanoTime();
        if (!newWhat.equals(what)) {
            what = newWhat;
            startNanos = now;
        } else if (now - lastNanos < INTERVAL_NANOS && !last) {
            return false;
        }
        lastNanos = now;
        return true;
    }

    private void show(String text) {
        out.print(ERASE_LINE + text);
        out.flush();
        shown = true;
    }

    private void erase() {
        if (shown) {
            out.print(ERASE_LINE);
            shown = false;
        }
    }
}
