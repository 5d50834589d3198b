package callgate.kernel.mm.exec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes small ELF files: headers, then each segment's bytes at the next page with the right
 * remainder.
 */
final class ElfBuilder {
    static final int R = 4;
    static final int W = 2;
    static final int X = 1;

    private record Header(
            int type,
            int flags,
            long offset,
            long address,
            long fileSize,
            long memorySize,
            long alignment) {}

    private final List<Header> headers = new ArrayList<>();
    private final List<byte[]> contents = new ArrayList<>();
    private int type = ElfFile.ET_EXEC;
    private int machine = 243;
    private long entry;

    ElfBuilder type(int newType) {
        type = newType;
        return this;
    }

    ElfBuilder machine(int newMachine) {
        machine = newMachine;
        return this;
    }

    ElfBuilder entry(long address) {
        entry = address;
        return this;
    }

    /** A PT_LOAD segment with {@code bytes} in the file. */
    ElfBuilder load(int flags, long address, byte[] bytes, long memorySize) {
        return header(1, flags, address, bytes, memorySize, 4096);
    }

    ElfBuilder interpreter(String path) {
        byte[] bytes = (path + '\0').getBytes(StandardCharsets.ISO_8859_1);
        return header(3, R, 0, bytes, bytes.length, 1);
    }

    ElfBuilder stack(int flags) {
        return header(0x6474e551, flags, 0, new byte[0], 0, 16);
    }

    private ElfBuilder header(
            int headerType,
            int flags,
            long address,
            byte[] bytes,
            long memorySize,
            long alignment) {
        headers.add(new Header(headerType, flags, 0, address, bytes.length, memorySize, alignment));
        contents.add(bytes);
        return this;
    }

    byte[] build() {
        int size = 64 + 56 * headers.size();
        long[] offsets = new long[headers.size()];
        for (int i = 0; i < offsets.length; i++) {
            long wanted = headers.get(i).address & 4095;
            size += (int) ((wanted - size) & 4095);
            offsets[i] = size;
            size += contents.get(i).length;
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        out.putShort((short) type)
                .putShort((short) machine)
                .putInt(1)
                .putLong(entry)
                .putLong(64)
                .putLong(0)
                .putInt(5);
        out.putShort((short) 64)
                .putShort((short) 56)
                .putShort((short) headers.size())
                .putShort((short) 64);
        out.position(64);
        for (int i = 0; i < offsets.length; i++) {
            Header h = headers.get(i);
            out.putInt(h.type)
                    .putInt(h.flags)
                    .putLong(offsets[i])
                    .putLong(h.address)
                    .putLong(h.address);
            out.putLong(h.fileSize).putLong(h.memorySize).putLong(h.alignment);
        }
        for (int i = 0; i < offsets.length; i++) {
            out.position((int) offsets[i]);
            out.put(contents.get(i));
        }
        return out.array();
    }
}
