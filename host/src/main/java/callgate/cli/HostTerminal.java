package callgate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.BiConsumer;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * The host's terminal in raw mode: every key goes to the guest's own line discipline. Restored on
 * close.
 */
final class HostTerminal implements AutoCloseable {
    private final Terminal terminal;
    private final Attributes saved;
    private final Thread restore;

    private HostTerminal(Terminal terminal) {
        this.terminal = terminal;
        saved = terminal.enterRawMode();
        Attributes raw = terminal.getAttributes();
        raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
        raw.setInputFlag(Attributes.InputFlag.IXON, false);
        raw.setInputFlag(Attributes.InputFlag.ICRNL, false);
        raw.setOutputFlag(Attributes.OutputFlag.OPOST, false);
        terminal.setAttributes(raw);
        restore = new Thread(() -> terminal.setAttributes(saved));
        Runtime.getRuntime().addShutdownHook(restore);
    }

    /**
     * The terminal of this process.
     *
     * @throws IllegalArgumentException if standard input is not one
     */
    static HostTerminal open() throws IOException {
        if (System.console() == null || !System.console().isTerminal()) {
            throw new IllegalArgumentException(
                    "-t needs a terminal, and standard input or output is none");
        }
        return new HostTerminal(
                TerminalBuilder.builder().system(true).nativeSignals(true).dumb(false).build());
    }

    InputStream input() {
        return terminal.input();
    }

    OutputStream output() {
        return terminal.output();
    }

    int columns() {
        return Math.max(1, terminal.getWidth());
    }

    int rows() {
        return Math.max(1, terminal.getHeight());
    }

    void onResize(BiConsumer<Integer, Integer> listener) {
        terminal.handle(Terminal.Signal.WINCH, signal -> listener.accept(columns(), rows()));
    }

    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(restore);
        terminal.setAttributes(saved);
        terminal.close();
    }
}
