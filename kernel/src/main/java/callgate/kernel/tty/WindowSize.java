package callgate.kernel.tty;

import callgate.kernel.mm.UserMemory;

/** {@code struct winsize}: rows and columns of characters, and pixels (0 if not known). */
record WindowSize(int rows, int columns, int xPixels, int yPixels) {
    static WindowSize read(UserMemory memory, long address) {
        return new WindowSize(
                memory.readShort(address) & 0xffff,
                memory.readShort(address + 2) & 0xffff,
                memory.readShort(address + 4) & 0xffff,
                memory.readShort(address + 6) & 0xffff);
    }

    void write(UserMemory memory, long address) {
        memory.writeShort(address, rows);
        memory.writeShort(address + 2, columns);
        memory.writeShort(address + 4, xPixels);
        memory.writeShort(address + 6, yPixels);
    }
}
