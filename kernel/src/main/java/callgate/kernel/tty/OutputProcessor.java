package callgate.kernel.tty;

/**
 * What happens to bytes on their way to the screen (OPOST), and where the cursor's column is, which
 * erasing of tabs needs. Not thread-safe: guarded by its {@link Tty}.
 */
final class OutputProcessor {
    /** The most bytes that one written byte can become: a tab expanded to spaces. */
    static final int MAX_EXPANSION = 8;

    private final ByteRing toMaster;
    private int column;

    OutputProcessor(ByteRing toMaster) {
        this.toMaster = toMaster;
    }

    int column() {
        return column;
    }

    /**
     * Sends a byte of a program, or an echo, to the master; if there is no room it is lost, so a
     * program's write checks first.
     */
    void put(byte b, Termios termios) {
        if (!termios.hasOutput(Termios.OPOST)) {
            toMaster.add(b);
            return;
        }
        switch (b) {
            case '\n' -> newline(termios);
            case '\r' -> carriageReturn(termios);
            case '\t' -> tab(termios);
            case '\b' -> {
                column = Math.max(0, column - 1);
                toMaster.add(b);
            }
            default -> {
                boolean upper = termios.hasOutput(Termios.OLCUC) && b >= 'a' && b <= 'z';
                toMaster.add(upper ? (byte) (b - 32) : b);
                column += isShown(b, termios) ? 1 : 0;
            }
        }
    }

    private void newline(Termios termios) {
        if (termios.hasOutput(Termios.ONLCR)) {
            toMaster.add((byte) '\r');
            column = 0;
        } else if (termios.hasOutput(Termios.ONLRET)) {
            column = 0;
        }
        toMaster.add((byte) '\n');
    }

    private void carriageReturn(Termios termios) {
        if (termios.hasOutput(Termios.ONOCR) && column == 0) {
            return;
        }
        if (termios.hasOutput(Termios.OCRNL)) {
            toMaster.add((byte) '\n');
            column = termios.hasOutput(Termios.ONLRET) ? 0 : column;
            return;
        }
        column = 0;
        toMaster.add((byte) '\r');
    }

    private void tab(Termios termios) {
        int spaces = 8 - (column & 7);
        column += spaces;
        if ((termios.output() & Termios.TABDLY) != Termios.XTABS) {
            toMaster.add((byte) '\t');
            return;
        }
        for (int i = 0; i < spaces; i++) {
            toMaster.add((byte) ' ');
        }
    }

    /**
     * Whether a byte moves the cursor: not a control character, nor a later byte of a UTF-8
     * character.
     */
    static boolean isShown(byte b, Termios termios) {
        boolean continuation = termios.hasInput(Termios.IUTF8) && (b & 0xc0) == 0x80;
        return (b & 0xff) >= 32 && b != 127 && !continuation;
    }
}
