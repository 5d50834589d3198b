package callgate.kernel.mm.exec;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mman;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.Layout;
import callgate.machine.memory.PageTable;

/**
 * Maps the segments of an ELF file into an address space, the file's pages shared with its page
 * cache.
 */
final class SegmentLoader {
    private static final long PAGE = 4096;

    /** Alignments above this are not honoured; no linker makes them. */
    private static final long MAX_ALIGNMENT = 1L << 30;

    private final AddressSpace space;

    SegmentLoader(AddressSpace space) {
        this.space = space;
    }

    /**
     * Maps the program itself and sets the layout; returns what is added to the addresses in the
     * file.
     */
    long loadProgram(ExecutableFile file, ElfFile elf) {
        long bias = 0;
        if (elf.type() == ElfFile.ET_DYN) {
            bias =
                    elf.interpreter() != null
                            ? (Layout.PIE_BASE & -alignment(elf)) - lowest(elf)
                            : freeBias(elf);
        }
        mapSegments(file, elf, bias);
        setLayout(elf, bias);
        return bias;
    }

    /** Maps the interpreter where there is room; returns its bias. */
    long loadInterpreter(ExecutableFile file, ElfFile elf) {
        long bias = elf.type() == ElfFile.ET_DYN ? freeBias(elf) : 0;
        mapSegments(file, elf, bias);
        checkEntry(bias + elf.entry());
        return bias;
    }

    private static void checkEntry(long entry) {
        if (entry < 0 || entry >= PageTable.ADDRESS_LIMIT) {
            throw new ErrnoException(Errno.EINVAL);
        }
    }

    private static long lowest(ElfFile elf) {
        return elf.loads().stream().mapToLong(ElfFile.Segment::pageStart).min().orElseThrow();
    }

    private static long highest(ElfFile elf) {
        return elf.loads().stream().mapToLong(ElfFile.Segment::end).max().orElseThrow();
    }

    /**
     * The largest alignment any segment asks for, at least a page; not powers of two are ignored.
     */
    private static long alignment(ElfFile elf) {
        return elf.loads().stream()
                .mapToLong(ElfFile.Segment::alignment)
                .filter(a -> Long.bitCount(a) == 1 && a > PAGE && a <= MAX_ALIGNMENT)
                .max()
                .orElse(PAGE);
    }

    /** Finds room for all segments together by mapping and unmapping it. */
    private long freeBias(ElfFile elf) {
        long low = lowest(elf);
        long alignment = alignment(elf);
        long size = highest(elf) - low + (alignment - PAGE);
        if (size <= 0) {
            throw new ErrnoException(Errno.EINVAL);
        }
        long room =
                check(
                        space.map(
                                0,
                                size,
                                Mman.PROT_NONE,
                                Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS,
                                null,
                                0));
        check(space.unmap(room, size));
        return (room + alignment - 1 & -alignment) - low;
    }

    private void mapSegments(ExecutableFile file, ElfFile elf, long bias) {
        for (ElfFile.Segment segment : elf.loads()) {
            if (segment.memorySize() != 0) {
                mapSegment(file, segment, bias + segment.address());
            }
        }
    }

    /** The part in the file, the zeros in its last page, and the pages of zeros behind it. */
    private void mapSegment(ExecutableFile file, ElfFile.Segment segment, long address) {
        if (address < 0 || address > PageTable.ADDRESS_LIMIT - segment.memorySize()) {
            throw new ErrnoException(Errno.ENOMEM);
        }
        int protection = segment.protection();
        long start = address & -PAGE;
        long fileEnd = address + segment.fileSize();
        long filePagesEnd = segment.fileSize() == 0 ? start : fileEnd + PAGE - 1 & -PAGE;
        long end = address + segment.memorySize() + PAGE - 1 & -PAGE;
        if (filePagesEnd > start) {
            long offset = segment.offset() - (address - start);
            if (offset < 0) {
                throw new ErrnoException(Errno.EINVAL);
            }
            check(
                    space.map(
                            start,
                            filePagesEnd - start,
                            protection,
                            Loader.SEGMENT_FLAGS,
                            file,
                            offset));
            if (segment.memorySize() > segment.fileSize() && (protection & Mman.PROT_WRITE) != 0) {
                space.user().clear(fileEnd, Math.min(filePagesEnd, end) - fileEnd);
            }
        }
        if (end > filePagesEnd) {
            int flags = Loader.SEGMENT_FLAGS | Mman.MAP_ANONYMOUS;
            check(space.map(filePagesEnd, end - filePagesEnd, protection, flags, null, 0));
        }
    }

    private void setLayout(ElfFile elf, long bias) {
        Layout layout = space.layout();
        long codeStart = Long.MAX_VALUE;
        long codeEnd = 0;
        long dataStart = 0;
        long dataEnd = 0;
        long brk = 0;
        for (ElfFile.Segment segment : elf.loads()) {
            long fileEnd = segment.address() + segment.fileSize();
            codeStart = Math.min(codeStart, segment.address());
            dataStart = Math.max(dataStart, segment.address());
            if ((segment.protection() & Mman.PROT_EXEC) != 0) {
                codeEnd = Math.max(codeEnd, fileEnd);
            }
            dataEnd = Math.max(dataEnd, fileEnd);
            brk = Math.max(brk, segment.end());
        }
        layout.codeStart = bias + codeStart;
        layout.codeEnd = bias + codeEnd;
        layout.dataStart = bias + dataStart;
        layout.dataEnd = bias + dataEnd;
        // a static PIE lies in the mmap area, where a heap could not grow: it gets the place of
        // other PIEs
        boolean inMmapArea = elf.type() == ElfFile.ET_DYN && elf.interpreter() == null;
        layout.breakStart = inMmapArea ? Layout.PIE_BASE : bias + brk + PAGE - 1 & -PAGE;
        layout.breakEnd = layout.breakStart;
        checkEntry(bias + elf.entry());
    }

    private static long check(long result) {
        if (result < 0) {
            throw new ErrnoException((int) -result);
        }
        return result;
    }
}
