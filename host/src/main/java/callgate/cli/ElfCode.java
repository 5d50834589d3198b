package callgate.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The executable sections of an ELF file, or its executable segments if it has no sections, and its
 * function symbols.
 */
record ElfCode(List<Section> sections, Map<Long, String> symbols) {
    private static final int EM_RISCV = 243;
    private static final int SHF_EXECINSTR = 4;
    private static final int SHT_PROGBITS = 1;
    private static final int SHT_SYMTAB = 2;
    private static final int SHT_DYNSYM = 11;
    private static final int PT_LOAD = 1;
    private static final int PF_X = 1;
    private static final int STT_FUNC = 2;

    /** Instructions at an address. */
    record Section(String name, long address, ByteBuffer bytes) {
        int size() {
            return bytes.limit();
        }

        int half(int at) {
            return bytes.getShort(at) & 0xffff;
        }

        int word(int at) {
            return half(at) | half(at + 2) << 16;
        }
    }

    static ElfCode read(Path file) throws IOException {
        ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        check(elf, file);
        try {
            List<Section> sections = new ArrayList<>();
            Map<Long, String> symbols = new HashMap<>();
            readSections(elf, sections, symbols);
            if (sections.isEmpty()) {
                readSegments(elf, sections);
            }
            return new ElfCode(sections, symbols);
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(
                    "cannot read " + file + ": its ELF tables point outside the file", e);
        }
    }

    private static void check(ByteBuffer elf, Path file) {
        if (elf.limit() < 64 || elf.getInt(0) != 0x464c457f) {
            throw new IllegalArgumentException("cannot read " + file + ": it is not an ELF file");
        }
        if (elf.get(4) != 2 || elf.get(5) != 1 || elf.getShort(18) != EM_RISCV) {
            throw new IllegalArgumentException(
                    "cannot read "
                            + file
                            + ": needs an ELF for riscv64, this one is for machine "
                            + (elf.getShort(18) & 0xffff)
                            + ", class "
                            + (elf.get(4) == 2 ? 64 : 32));
        }
    }

    private static void readSections(
            ByteBuffer elf, List<Section> sections, Map<Long, String> symbols) {
        long table = elf.getLong(40);
        int count = elf.getShort(60) & 0xffff;
        if (table == 0 || count == 0) {
            return;
        }
        int names = header(table, elf.getShort(62) & 0xffff);
        for (int i = 0; i < count; i++) {
            int at = header(table, i);
            int type = elf.getInt(at + 4);
            if (type == SHT_PROGBITS && (elf.getLong(at + 8) & SHF_EXECINSTR) != 0) {
                String name = string(elf, elf.getLong(names + 24), elf.getInt(at));
                sections.add(
                        new Section(
                                name,
                                elf.getLong(at + 16),
                                slice(elf, elf.getLong(at + 24), elf.getLong(at + 32))));
            } else if (type == SHT_SYMTAB || type == SHT_DYNSYM) {
                int strings = header(table, elf.getInt(at + 40));
                readSymbols(
                        slice(elf, elf.getLong(at + 24), elf.getLong(at + 32)),
                        elf,
                        elf.getLong(strings + 24),
                        symbols);
            }
        }
    }

    private static int header(long table, int index) {
        return Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.max(-1, table + 64L * index)));
    }

    private static void readSymbols(
            ByteBuffer entries, ByteBuffer elf, long strings, Map<Long, String> symbols) {
        for (int at = 0; at + 24 <= entries.limit(); at += 24) {
            if ((entries.get(at + 4) & 0xf) == STT_FUNC && entries.getShort(at + 6) != 0) {
                symbols.putIfAbsent(
                        entries.getLong(at + 8), string(elf, strings, entries.getInt(at)));
            }
        }
    }

    private static void readSegments(ByteBuffer elf, List<Section> sections) {
        long table = elf.getLong(32);
        int count = elf.getShort(56) & 0xffff;
        for (int i = 0; i < count; i++) {
            int at = Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.max(-1, table + 56L * i)));
            if (elf.getInt(at) == PT_LOAD && (elf.getInt(at + 4) & PF_X) != 0) {
                sections.add(
                        new Section(
                                "segment " + i,
                                elf.getLong(at + 16),
                                slice(elf, elf.getLong(at + 8), elf.getLong(at + 32))));
            }
        }
    }

    private static ByteBuffer slice(ByteBuffer elf, long offset, long size) {
        if (offset < 0 || size < 0 || offset > elf.limit() - size) {
            throw new IndexOutOfBoundsException();
        }
        return elf.slice((int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String string(ByteBuffer elf, long table, int offset) {
        int start =
                Math.toIntExact(
                        Math.min(Integer.MAX_VALUE, Math.max(-1, table + (offset & 0xffffffffL))));
        int end = start;
        while (elf.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - start];
        elf.get(start, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
