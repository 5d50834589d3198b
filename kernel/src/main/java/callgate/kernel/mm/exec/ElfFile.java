package callgate.kernel.mm.exec;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The headers of a riscv64 ELF file as far as loading needs them (System V gABI, chapters 4 and 5).
 * Values are the file's own: nothing but what is said here has been checked.
 *
 * @param type {@link #ET_EXEC} or {@link #ET_DYN}
 * @param loads the PT_LOAD segments in file order; at least one; each with {@code fileSize <=
 *     memorySize} and all within the address space before any bias
 * @param interpreter path of the program interpreter, or null
 */
record ElfFile(
        int type,
        long entry,
        long headersOffset,
        int headerCount,
        List<Segment> loads,
        String interpreter,
        StackRights stack) {
    static final int ET_EXEC = 2;
    static final int ET_DYN = 3;
    static final int HEADER_BYTES = 64;
    static final int PROGRAM_HEADER_BYTES = 56;

    private static final int EM_RISCV = 243;
    private static final int PT_LOAD = 1;
    private static final int PT_INTERP = 3;
    private static final int PT_GNU_STACK = 0x6474_e551;

    /** As Linux: the table of program headers is at most 64 KiB. */
    private static final int MAX_PROGRAM_HEADERS = 65536 / PROGRAM_HEADER_BYTES;

    private static final int PATH_MAX = 4096;
    private static final long ADDRESS_LIMIT = 1L << 38;

    /** What PT_GNU_STACK asks for. */
    enum StackRights {
        DATA_ONLY,
        EXECUTABLE
    }

    /** A PT_LOAD segment. */
    record Segment(
            int flags, long offset, long address, long fileSize, long memorySize, long alignment) {
        private static final int PF_X = 1;
        private static final int PF_W = 2;
        private static final int PF_R = 4;

        /** The rights as PROT_ bits. */
        int protection() {
            return ((flags & PF_R) != 0 ? 1 : 0)
                    | ((flags & PF_W) != 0 ? 2 : 0)
                    | ((flags & PF_X) != 0 ? 4 : 0);
        }

        long pageStart() {
            return address & -4096L;
        }

        long end() {
            return address + memorySize;
        }
    }

    /** Whether the first bytes of a file are those of any ELF file. */
    static boolean hasMagic(byte[] head, int lengthBytes) {
        return lengthBytes >= 4
                && head[0] == 0x7f
                && head[1] == 'E'
                && head[2] == 'L'
                && head[3] == 'F';
    }

    /**
     * Reads the headers; throws ENOEXEC if this is no riscv64 program, EINVAL if a segment is
     * impossible.
     */
    static ElfFile read(ExecutableFile file) {
        ByteBuffer header = readFully(file, 0, HEADER_BYTES);
        if (describeProblem(header.array(), HEADER_BYTES) != null) {
            throw new ErrnoException(Errno.ENOEXEC);
        }
        int type = header.getShort(16);
        long entry = header.getLong(24);
        long headersOffset = header.getLong(32);
        int count = header.getShort(56) & 0xffff;
        if (header.getShort(54) != PROGRAM_HEADER_BYTES
                || count == 0
                || count > MAX_PROGRAM_HEADERS
                || headersOffset < 0) {
            throw new ErrnoException(Errno.ENOEXEC);
        }
        ByteBuffer headers = readFully(file, headersOffset, count * PROGRAM_HEADER_BYTES);
        List<Segment> loads = new ArrayList<>();
        String interpreter = null;
        StackRights stack = StackRights.DATA_ONLY;
        for (int at = 0; at < headers.limit(); at += PROGRAM_HEADER_BYTES) {
            switch (headers.getInt(at)) {
                case PT_LOAD -> loads.add(checked(segment(headers, at)));
                case PT_INTERP ->
                        interpreter =
                                interpreter != null
                                        ? interpreter
                                        : interpreter(file, segment(headers, at));
                case PT_GNU_STACK ->
                        stack =
                                (segment(headers, at).flags() & Segment.PF_X) != 0
                                        ? StackRights.EXECUTABLE
                                        : StackRights.DATA_ONLY;
                default -> {} // of no importance to the kernel
            }
        }
        if (loads.isEmpty()) {
            throw new ErrnoException(type == ET_DYN ? Errno.EINVAL : Errno.ENOEXEC);
        }
        return new ElfFile(
                type, entry, headersOffset, count, List.copyOf(loads), interpreter, stack);
    }

    private static Segment segment(ByteBuffer headers, int at) {
        return new Segment(
                headers.getInt(at + 4),
                headers.getLong(at + 8),
                headers.getLong(at + 16),
                headers.getLong(at + 32),
                headers.getLong(at + 40),
                headers.getLong(at + 48));
    }

    private static Segment checked(Segment segment) {
        long size = segment.memorySize();
        boolean possible =
                size >= 0
                        && size <= ADDRESS_LIMIT
                        && segment.fileSize() >= 0
                        && segment.fileSize() <= size
                        && segment.address() >= 0
                        && segment.address() <= ADDRESS_LIMIT - size
                        && segment.offset() >= 0
                        && segment.offset() <= Long.MAX_VALUE - size - 4096
                        && (segment.offset() - segment.address() & 4095) == 0;
        if (!possible) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return segment;
    }

    private static String interpreter(ExecutableFile file, Segment segment) {
        long size = segment.fileSize();
        if (size < 2 || size > PATH_MAX || segment.offset() < 0) {
            throw new ErrnoException(Errno.ENOEXEC);
        }
        byte[] path = readFully(file, segment.offset(), (int) size).array();
        if (path[path.length - 1] != 0) {
            throw new ErrnoException(Errno.ENOEXEC);
        }
        String text = new String(path, StandardCharsets.ISO_8859_1);
        return text.substring(0, text.indexOf('\0'));
    }

    private static ByteBuffer readFully(ExecutableFile file, long offset, int lengthBytes) {
        byte[] bytes = new byte[lengthBytes];
        for (int done = 0; done < lengthBytes; ) {
            if (offset > Long.MAX_VALUE - lengthBytes) {
                throw new ErrnoException(Errno.ENOEXEC);
            }
            int count = file.read(offset + done, bytes, done, lengthBytes - done);
            if (count <= 0) {
                throw new ErrnoException(count == 0 ? Errno.ENOEXEC : -count);
            }
            done += count;
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Why an ELF file with this beginning cannot run here, in words; null if its first header is in
     * order.
     */
    static String describeProblem(byte[] head, int lengthBytes) {
        if (!hasMagic(head, lengthBytes)) {
            return "is neither an ELF file nor a script that begins with #!";
        }
        if (lengthBytes < HEADER_BYTES) {
            return "is an ELF file that ends within its header";
        }
        ByteBuffer header =
                ByteBuffer.wrap(head)
                        .order(head[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int machine = header.getShort(18) & 0xffff;
        if (machine != EM_RISCV || head[4] != 2 || head[5] != 1) {
            return "needs an ELF for riscv64, this one is "
                    + machineName(machine, head[4], head[5]);
        }
        int type = header.getShort(16);
        return type == ET_EXEC || type == ET_DYN
                ? null
                : "is an ELF file, but no program (type " + type + ")";
    }

    private static String machineName(int machine, int fileClass, int byteOrder) {
        return switch (machine) {
            case 3 -> "i386";
            case 8 -> "mips";
            case 20 -> "ppc";
            case 21 -> "ppc64";
            case 22 -> "s390x";
            case 40 -> "arm";
            case 62 -> fileClass == 2 ? "x86-64" : "x32";
            case 183 -> "aarch64";
            case EM_RISCV ->
                    (fileClass == 2 ? "riscv64" : "riscv32")
                            + (byteOrder == 1 ? "" : ", big-endian");
            case 258 -> "loongarch";
            default -> "for machine number " + machine;
        };
    }
}
