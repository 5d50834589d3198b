package callgate.kernel.tty;

import callgate.kernel.abi.Signals;
import callgate.kernel.mm.IoBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * What happens to typed bytes: signals, flow control, line editing and echo (N_TTY's input side).
 * Not thread-safe: guarded by its {@link Tty}.
 *
 * <p>In canonical mode bytes gather in {@link #line} until a line end moves them to {@link #ready};
 * {@link #lineLengths} says where lines end there, since a read returns at most one. In raw mode
 * they go to {@code ready} at once.
 */
final class InputEditor {
    /**
     * As in Linux: at most this many bytes wait to be read; in canonical mode the last place is
     * kept for the line end.
     */
    static final int LIMIT = 4096;

    private final OutputProcessor screen;
    private final ByteRing ready = new ByteRing(LIMIT);
    private final ArrayDeque<Integer> lineLengths = new ArrayDeque<>();
    private byte[] line = new byte[256];
    private int lineLength;
    private int lineColumn;
    private boolean literalNext;
    private boolean stopped;

    InputEditor(OutputProcessor screen) {
        this.screen = screen;
    }

    /** Whether ^S stopped the output. */
    boolean isStopped() {
        return stopped;
    }

    void setStopped(boolean stop) {
        stopped = stop;
    }

    /**
     * Whether a raw-mode byte can be taken; canonical mode always takes and drops what is too much.
     */
    boolean hasRoom(Termios termios) {
        return termios.has(Termios.ICANON) || ready.room() > 0;
    }

    /** Takes a typed byte. Returns the signal that it stands for, or 0. */
    int type(byte typed, Termios termios) {
        byte b = termios.hasInput(Termios.ISTRIP) ? (byte) (typed & 0x7f) : typed;
        if (literalNext) {
            literalNext = false;
            insert(b, termios);
            return 0;
        }
        if (termios.hasInput(Termios.IXON) && flowControl(b, termios)) {
            return 0;
        }
        int signal = termios.has(Termios.ISIG) ? signalOf(b, termios) : 0;
        if (signal != 0) {
            if (!termios.has(Termios.NOFLSH)) {
                clear();
            }
            stopped = false;
            echo(b, termios);
            return signal;
        }
        if (b == '\r') {
            if (termios.hasInput(Termios.IGNCR)) {
                return 0;
            }
            b = termios.hasInput(Termios.ICRNL) ? (byte) '\n' : b;
        } else if (b == '\n' && termios.hasInput(Termios.INLCR)) {
            b = '\r';
        }
        if (termios.has(Termios.ICANON)) {
            edit(b, termios);
        } else {
            insert(b, termios);
        }
        return 0;
    }

    private boolean flowControl(byte b, Termios termios) {
        if (termios.is(Termios.VSTOP, b) && !(stopped && termios.is(Termios.VSTART, b))) {
            stopped = true;
            return true;
        }
        if (termios.is(Termios.VSTART, b)) {
            stopped = false;
            return true;
        }
        if (termios.hasInput(Termios.IXANY)) {
            stopped = false;
        }
        return false;
    }

    private static int signalOf(byte b, Termios termios) {
        if (termios.is(Termios.VINTR, b)) {
            return Signals.SIGINT;
        }
        if (termios.is(Termios.VQUIT, b)) {
            return Signals.SIGQUIT;
        }
        return termios.is(Termios.VSUSP, b) ? Signals.SIGTSTP : 0;
    }

    // ---- canonical mode ----

    private void edit(byte b, Termios termios) {
        boolean extended = termios.has(Termios.IEXTEN);
        if (termios.is(Termios.VERASE, b)) {
            eraseCharacter(termios);
        } else if (extended && termios.is(Termios.VWERASE, b)) {
            eraseWord(termios);
        } else if (termios.is(Termios.VKILL, b)) {
            eraseLine(b, termios);
        } else if (extended && termios.is(Termios.VLNEXT, b)) {
            literalNext = true;
            if (termios.has(Termios.ECHO) && termios.has(Termios.ECHOCTL)) {
                show("^\b", termios);
            }
        } else if (extended && termios.is(Termios.VREPRINT, b) && termios.has(Termios.ECHO)) {
            reprint(b, termios);
        } else if (b == '\n') {
            if (termios.has(Termios.ECHO) || termios.has(Termios.ECHONL)) {
                screen.put(b, termios);
            }
            endLine(b, 1);
        } else if (termios.is(Termios.VEOF, b)) {
            endLine(b, 0);
        } else if (termios.is(Termios.VEOL, b) || extended && termios.is(Termios.VEOL2, b)) {
            echo(b, termios);
            endLine(b, 1);
        } else {
            insert(b, termios);
        }
    }

    /** Ends the line with a byte (kept 1) or at end-of-file (kept 0). */
    private void endLine(byte end, int kept) {
        if (ready.room() < lineLength + kept) {
            return; // cannot be: insert keeps the room
        }
        for (int i = 0; i < lineLength; i++) {
            ready.add(line[i]);
        }
        if (kept == 1) {
            ready.add(end);
        }
        lineLengths.add(lineLength + kept);
        lineLength = 0;
    }

    /** An ordinary byte: into the line, or straight to the reader in raw mode. */
    private void insert(byte typed, Termios termios) {
        boolean lower =
                termios.hasInput(Termios.IUCLC)
                        && termios.has(Termios.IEXTEN)
                        && typed >= 'A'
                        && typed <= 'Z';
        byte b = lower ? (byte) (typed + 32) : typed;
        if (!termios.has(Termios.ICANON)) {
            if (ready.add(b)) {
                echo(b, termios);
            }
            return;
        }
        if (lineLength + 1 >= ready.room() || lineLengths.size() >= LIMIT) {
            if (termios.hasInput(Termios.IMAXBEL)) {
                screen.put((byte) 7, termios);
            }
            return;
        }
        if (lineLength == 0) {
            lineColumn = screen.column();
        }
        if (lineLength == line.length) {
            line = Arrays.copyOf(line, line.length * 2);
        }
        line[lineLength++] = b;
        echo(b, termios);
    }

    private void eraseCharacter(Termios termios) {
        if (lineLength == 0) {
            return;
        }
        int start = lineLength - 1;
        while (start > 0 && termios.hasInput(Termios.IUTF8) && (line[start] & 0xc0) == 0x80) {
            start--;
        }
        eraseTo(start, termios);
    }

    private void eraseWord(Termios termios) {
        int start = lineLength;
        while (start > 0 && !isWordByte(line[start - 1])) {
            start--;
        }
        while (start > 0 && isWordByte(line[start - 1])) {
            start--;
        }
        eraseTo(start, termios);
    }

    private static boolean isWordByte(byte b) {
        return b == '_' || Character.isLetterOrDigit(b & 0xff) || b < 0;
    }

    private void eraseLine(byte killer, Termios termios) {
        if (termios.has(Termios.ECHO)
                && termios.has(Termios.ECHOKE)
                && termios.has(Termios.ECHOE)) {
            eraseTo(0, termios);
            return;
        }
        lineLength = 0;
        echo(killer, termios);
        if (termios.has(Termios.ECHO) && termios.has(Termios.ECHOK)) {
            screen.put((byte) '\n', termios);
        }
    }

    private void eraseTo(int start, Termios termios) {
        int before = columnAt(lineLength, termios);
        int after = columnAt(start, termios);
        boolean tabs = false;
        for (int i = start; i < lineLength; i++) {
            tabs |= line[i] == '\t';
        }
        byte first = line[start];
        lineLength = start;
        if (!termios.has(Termios.ECHO)) {
            return;
        }
        if (!termios.has(Termios.ECHOE)) {
            echo(first, termios);
            return;
        }
        for (int column = before; column > after; column--) {
            show(tabs ? "\b" : "\b \b", termios);
        }
    }

    /** The column of the cursor after the first {@code length} bytes of the line. */
    private int columnAt(int length, Termios termios) {
        int column = lineColumn;
        for (int i = 0; i < length; i++) {
            byte b = line[i];
            if (b == '\t') {
                column = (column | 7) + 1;
            } else if (OutputProcessor.isShown(b, termios)) {
                column++;
            } else if (isControl(b) && termios.has(Termios.ECHOCTL)) {
                column += 2;
            }
        }
        return column;
    }

    private void reprint(byte b, Termios termios) {
        echo(b, termios);
        screen.put((byte) '\n', termios);
        lineColumn = screen.column();
        for (int i = 0; i < lineLength; i++) {
            echo(line[i], termios);
        }
    }

    // ---- echo ----

    private static boolean isControl(byte b) {
        return (b & 0xff) < 32 || b == 127;
    }

    private void echo(byte b, Termios termios) {
        if (!termios.has(Termios.ECHO)) {
            return;
        }
        if (isControl(b) && b != '\t' && b != '\n' && termios.has(Termios.ECHOCTL)) {
            screen.put((byte) '^', termios);
            screen.put((byte) (b ^ 0x40), termios);
        } else {
            screen.put(b, termios);
        }
    }

    private void show(String text, Termios termios) {
        for (int i = 0; i < text.length(); i++) {
            screen.put((byte) text.charAt(i), termios);
        }
    }

    // ---- reading ----

    /**
     * Bytes that a read could return now; -1 if a read would return 0 for an end-of-file typed at
     * the start of a line.
     */
    int available(Termios termios) {
        if (!termios.has(Termios.ICANON)) {
            return ready.size();
        }
        if (lineLengths.isEmpty()) {
            return 0;
        }
        return lineLengths.peek() == 0 ? -1 : lineLengths.peek();
    }

    /** Bytes for FIONREAD. */
    int waiting() {
        return ready.size();
    }

    /**
     * Reads from the first line, or in raw mode what there is. {@link #available} said there is
     * something.
     */
    int read(IoBuffer to, Termios termios) {
        if (!termios.has(Termios.ICANON)) {
            return ready.moveTo(to, ready.size());
        }
        int length = lineLengths.poll();
        int moved = length == 0 ? 0 : ready.moveTo(to, length);
        if (moved < length) {
            lineLengths.addFirst(length - moved);
        }
        return moved;
    }

    /** Forgets everything that was typed and not read. */
    void clear() {
        ready.clear();
        lineLengths.clear();
        lineLength = 0;
        literalNext = false;
    }

    /** The mode changes: what was typed and not read is seen in the new mode. */
    void switchMode(Termios from, Termios to) {
        if (from.has(Termios.ICANON) == to.has(Termios.ICANON)) {
            return;
        }
        if (to.has(Termios.ICANON)) {
            if (ready.size() > 0) {
                lineLengths.add(ready.size());
            }
            return;
        }
        lineLengths.clear();
        for (int i = 0; i < lineLength; i++) {
            ready.add(line[i]);
        }
        lineLength = 0;
        literalNext = false;
    }
}
