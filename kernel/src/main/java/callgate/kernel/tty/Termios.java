package callgate.kernel.tty;

import callgate.kernel.mm.UserMemory;

/**
 * Terminal settings. Immutable. Flags as in asm-generic/termbits.h.
 *
 * @param characters the 19 control characters; not changed after construction
 * @param inputSpeed bits per second, output likewise: kept, without effect
 */
record Termios(
        int input,
        int output,
        int control,
        int local,
        int discipline,
        byte[] characters,
        int inputSpeed,
        int outputSpeed) {
    static final int NCCS = 19;

    // input
    static final int ISTRIP = 040;
    static final int INLCR = 0100;
    static final int IGNCR = 0200;
    static final int ICRNL = 0400;
    static final int IUCLC = 01000;
    static final int IXON = 02000;
    static final int IXANY = 04000;
    static final int IMAXBEL = 020000;
    static final int IUTF8 = 040000;

    // output
    static final int OPOST = 01;
    static final int OLCUC = 02;
    static final int ONLCR = 04;
    static final int OCRNL = 010;
    static final int ONOCR = 020;
    static final int ONLRET = 040;
    static final int TABDLY = 014000;
    static final int XTABS = 014000;

    // control
    static final int CS8 = 060;
    static final int CREAD = 0200;
    static final int B38400 = 017;

    // local
    static final int ISIG = 01;
    static final int ICANON = 02;
    static final int ECHO = 010;
    static final int ECHOE = 020;
    static final int ECHOK = 040;
    static final int ECHONL = 0100;
    static final int NOFLSH = 0200;
    static final int TOSTOP = 0400;
    static final int ECHOCTL = 01000;
    static final int ECHOKE = 04000;
    static final int IEXTEN = 0100000;

    // indices of control characters
    static final int VINTR = 0;
    static final int VQUIT = 1;
    static final int VERASE = 2;
    static final int VKILL = 3;
    static final int VEOF = 4;
    static final int VTIME = 5;
    static final int VMIN = 6;
    static final int VSTART = 8;
    static final int VSTOP = 9;
    static final int VSUSP = 10;
    static final int VEOL = 11;
    static final int VREPRINT = 12;
    static final int VWERASE = 14;
    static final int VLNEXT = 15;
    static final int VEOL2 = 16;

    /** Bytes of {@code struct termios}, and of {@code struct termios2} with its two speeds. */
    static final int SIZE = 36;

    /** What a new pseudo-terminal starts with. */
    static Termios standard() {
        byte[] characters = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0};
        return new Termios(
                ICRNL | IXON,
                OPOST | ONLCR,
                B38400 | CS8 | CREAD,
                ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
                0,
                characters,
                38400,
                38400);
    }

    boolean has(int localFlag) {
        return (local & localFlag) != 0;
    }

    boolean hasInput(int flag) {
        return (input & flag) != 0;
    }

    boolean hasOutput(int flag) {
        return (output & flag) != 0;
    }

    /** Whether a byte is the control character of an index, which is not switched off (0). */
    boolean is(int index, byte b) {
        return b != 0 && characters[index] == b;
    }

    int character(int index) {
        return characters[index] & 0xff;
    }

    /** Reads {@code struct termios}. */
    static Termios read(UserMemory memory, long address, Termios old) {
        return new Termios(
                memory.readInt(address),
                memory.readInt(address + 4),
                memory.readInt(address + 8),
                memory.readInt(address + 12),
                memory.readByte(address + 16) & 0xff,
                memory.read(address + 17, NCCS),
                old.inputSpeed,
                old.outputSpeed);
    }

    void write(UserMemory memory, long address) {
        memory.writeInt(address, input);
        memory.writeInt(address + 4, output);
        memory.writeInt(address + 8, control);
        memory.writeInt(address + 12, local);
        memory.writeByte(address + 16, discipline);
        memory.write(address + 17, characters);
    }

    /** Reads {@code struct termios2}. */
    static Termios read2(UserMemory memory, long address, Termios old) {
        Termios base = read(memory, address, old);
        return new Termios(
                base.input,
                base.output,
                base.control,
                base.local,
                base.discipline,
                base.characters,
                memory.readInt(address + SIZE),
                memory.readInt(address + SIZE + 4));
    }

    void write2(UserMemory memory, long address) {
        write(memory, address);
        memory.writeInt(address + SIZE, inputSpeed);
        memory.writeInt(address + SIZE + 4, outputSpeed);
    }
}
