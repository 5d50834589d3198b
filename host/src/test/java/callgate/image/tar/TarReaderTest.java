package callgate.image.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.kernel.fs.tar.LayerEntry;
import callgate.kernel.fs.tar.LayerEntry.Kind;
import callgate.kernel.fs.tar.LayerFormatException;
import callgate.kernel.fs.tar.LayerTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TarReaderTest {
    @Test
    void whatIsWrittenIsRead() throws IOException {
        List<LayerEntry> entries = samples();
        byte[] tar = write(entries);
        TarReader reader = new TarReader(new ByteArrayInputStream(tar), tar.length);
        for (LayerEntry expected : entries) {
            LayerEntry found = reader.next();
            assertThat(found)
                    .usingRecursiveComparison()
                    .ignoringFields("dataOffset")
                    .isEqualTo(expected);
            if (found.kind() == Kind.FILE) {
                byte[] atOffset =
                        Arrays.copyOfRange(
                                tar,
                                (int) found.dataOffset(),
                                (int) (found.dataOffset() + found.size()));
                ByteArrayOutputStream data = new ByteArrayOutputStream();
                reader.copyData(data);
                assertThat(data.toByteArray()).isEqualTo(content(expected)).isEqualTo(atOffset);
            }
        }
        assertThat(reader.next()).isNull();
        assertThat(reader.position()).isEqualTo(tar.length);
    }

    @Test
    void dataNobodyWantsIsSkipped() throws IOException {
        byte[] tar = write(samples());
        TarReader reader = new TarReader(new ByteArrayInputStream(tar), tar.length);
        int count = 0;
        while (reader.next() != null) {
            count++;
        }
        assertThat(count).isEqualTo(samples().size());
    }

    @Test
    void longNamesOfGnuTarAreRead() throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        String name = "n/".repeat(80) + "x";
        String target = "t".repeat(180);
        tar.writeBytes(header("././@LongLink", 'L', name.length() + 1, ""));
        tar.writeBytes(Arrays.copyOf(bytes(name), 512));
        tar.writeBytes(header("././@LongLink", 'K', target.length() + 1, ""));
        tar.writeBytes(Arrays.copyOf(bytes(target), 512));
        tar.writeBytes(header("n/n/n", '2', 0, "ttt"));
        tar.writeBytes(new byte[1024]);
        LayerEntry entry = reader(tar.toByteArray()).next();
        assertThat(entry.path()).isEqualTo(name);
        assertThat(entry.linkTarget()).isEqualTo(target);
    }

    @Test
    void largeNumbersOfGnuTarAreRead() throws IOException {
        byte[] header = header("x", '0', 0, "");
        Arrays.fill(header, 108, 116, (byte) 0);
        header[108] = (byte) 0x80;
        header[112] = (byte) 0x80; // 2^31
        Arrays.fill(header, 136, 148, (byte) 0xff); // minus one
        LayerEntry entry = reader(concat(checksummed(header), new byte[1024])).next();
        assertThat(Integer.toUnsignedLong(entry.uid())).isEqualTo(1L << 31);
        assertThat(entry.mtimeSeconds()).isEqualTo(-1);
    }

    @Test
    void directoriesOfOldTarsEndInASlash() throws IOException {
        assertThat(reader(concat(header("d/", '\0', 0, ""), new byte[1024])).next().kind())
                .isEqualTo(Kind.DIRECTORY);
    }

    @Test
    void whatCannotBeUnderstoodIsRefused() {
        assertRefused(header("x", 'S', 0, ""), "sparse");
        assertRefused(header("x", 'Q', 0, ""), "unknown type 'Q'");
        assertRefused(pax(record("GNU.sparse.realsize=1000000")), "sparse");
        assertRefused(pax("12 path=abc\n9999 x=y\n"), "damaged extended header");
        assertRefused(pax("99999999999999999999 x=y\n"), "damaged extended header");
        assertRefused(pax(record("uid=banana")), "uid is no number");
        assertRefused(pax(record("uid=4294967295")), "owner out of range");
        assertRefused(pax(record("size=-10")), "file of -10 bytes");
        byte[] badChecksum = header("x", '0', 0, "");
        badChecksum[0]++;
        assertRefused(badChecksum, "checksum");
        assertRefused(concat(new byte[512], header("x", '0', 0, "")), "after a block of zeros");
    }

    @Test
    void truncationIsFoundEverywhere() throws IOException {
        byte[] tar = write(samples());
        for (int length = 0; length < tar.length - 1024; length += length % 512 == 0 ? 1 : 511) {
            byte[] cut = Arrays.copyOf(tar, length);
            assertThatThrownBy(() -> readAll(cut))
                    .as("cut to %d", length)
                    .isInstanceOf(EOFException.class);
        }
    }

    @Test
    void absurdSizesAreRefusedBeforeAnythingIsRead() {
        byte[] header = header("x", '0', 0, "");
        Arrays.fill(header, 124, 136, (byte) 0xff);
        header[124] = (byte) 0x80;
        assertRefused(checksummed(header), "out of range");
        assertThatThrownBy(() -> readAll(concat(header("x", '0', 1L << 35, ""), new byte[2048])))
                .isInstanceOf(EOFException.class);
        assertRefused(header("x", 'x', 1L << 32, ""), "extended header of");
    }

    @Test
    void mutatedTarsAreReadOrRefusedButNeverMore() throws IOException {
        byte[] good = write(samples());
        long seed = 7_2026;
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 10_000; round++) {
            byte[] bad = mutate(good, random);
            try {
                readAll(bad);
            } catch (LayerFormatException | EOFException e) {
                assertThat(e.getMessage()).as("seed %d, round %d", seed, round).isNotBlank();
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }

    /**
     * Changes a few bytes, mostly in headers, whose checksum is made right again so that deeper
     * checks are met.
     */
    static byte[] mutate(byte[] good, Random random) {
        byte[] bad =
                random.nextInt(8) == 0
                        ? Arrays.copyOf(good, random.nextInt(good.length))
                        : good.clone();
        for (int i = random.nextInt(4); i >= 0 && bad.length >= 512; i--) {
            int block = random.nextInt(bad.length / 512) * 512;
            for (int j = random.nextInt(3); j >= 0; j--) {
                int[] interesting = {
                    0, 0xff, 0x80, '/', '.', '0', '7', '9', ' ', '\n', random.nextInt(256)
                };
                bad[block + random.nextInt(512)] =
                        (byte) interesting[random.nextInt(interesting.length)];
            }
            if (random.nextInt(4) != 0) {
                byte[] header = checksummed(Arrays.copyOfRange(bad, block, block + 512));
                System.arraycopy(header, 0, bad, block, 512);
            }
        }
        return bad;
    }

    private static void readAll(byte[] tar) throws IOException {
        TarReader reader = reader(tar);
        LayerTree tree = new LayerTree();
        for (LayerEntry entry = reader.next(); entry != null; entry = reader.next()) {
            tree.add(entry);
            assertThat(entry.dataOffset() + entry.size()).isLessThanOrEqualTo(tar.length);
        }
    }

    private static void assertRefused(byte[] blocks, String message) {
        byte[] tar = concat(blocks, new byte[1024]);
        assertThatThrownBy(() -> readAll(tar))
                .isInstanceOf(LayerFormatException.class)
                .hasMessageContaining(message);
    }

    private static TarReader reader(byte[] tar) {
        return new TarReader(new ByteArrayInputStream(tar), tar.length);
    }

    static List<LayerEntry> samples() {
        List<LayerEntry> entries = new ArrayList<>();
        entries.add(entry("./", Kind.DIRECTORY, 0755, 0, ""));
        entries.add(entry("bin/sh", Kind.FILE, 04755, 1000, ""));
        entries.add(entry("bin/bash", Kind.HARD_LINK, 04755, 0, "bin/sh"));
        entries.add(entry("lib", Kind.SYMLINK, 0777, 0, "usr/lib"));
        entries.add(entry("dev/sda", Kind.BLOCK_DEVICE, 0600, 0, ""));
        entries.add(entry("run/p", Kind.FIFO, 0600, 0, ""));
        entries.add(entry("l\u00f6\u00ff/" + "n".repeat(200), Kind.FILE, 0600, 513, ""));
        entries.add(entry("x".repeat(99), Kind.SYMLINK, 0777, 0, "\u00e4".repeat(101)));
        entries.add(entry("y".repeat(100), Kind.FILE, 0644, 512, ""));
        entries.add(
                new LayerEntry(
                        "wide",
                        Kind.FILE,
                        0644,
                        -2,
                        1 << 30,
                        -3,
                        250_000_000,
                        3,
                        0,
                        "",
                        0,
                        0,
                        Map.of(
                                "user.text",
                                bytes("a=b\nc"),
                                "security.capability",
                                new byte[] {0, 1, (byte) 200, 10})));
        entries.add(
                new LayerEntry(
                        "early", Kind.FILE, 0644, 1, 2, -1, 999_999_999, 0, 0, "", 0, 0, Map.of()));
        return entries;
    }

    private static LayerEntry entry(
            String path, Kind kind, int permissions, int size, String target) {
        int device = kind == Kind.BLOCK_DEVICE ? 8 : 0;
        return new LayerEntry(
                path,
                kind,
                permissions,
                10,
                20,
                1_700_000_000,
                0,
                size,
                0,
                target,
                device,
                device,
                Map.of());
    }

    static byte[] write(List<LayerEntry> entries) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try (TarWriter writer = new TarWriter(tar)) {
            for (LayerEntry entry : entries) {
                writer.begin(entry);
                writer.data().write(content(entry));
            }
        }
        return tar.toByteArray();
    }

    private static byte[] content(LayerEntry entry) {
        byte[] content = new byte[(int) entry.size()];
        new Random(entry.path().hashCode()).nextBytes(content);
        return content;
    }

    private static byte[] pax(String records) {
        return concat(
                concat(header("p", 'x', records.length(), ""), Arrays.copyOf(bytes(records), 512)),
                header("x", '0', 0, ""));
    }

    private static String record(String text) {
        int length = text.length() + 4; // two digits, the blank and the line feed
        return length + " " + text + "\n";
    }

    private static byte[] header(String name, char type, long size, String target) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", size));
        put(header, 136, "00000000000");
        header[156] = (byte) type;
        put(header, 157, target);
        put(header, 257, "ustar  ");
        return checksummed(header);
    }

    private static byte[] checksummed(byte[] header) {
        put(header, 148, String.format("%06o\0 ", TarHeader.checksum(header, 0xff)));
        return header;
    }

    private static void put(byte[] header, int offset, String text) {
        System.arraycopy(bytes(text), 0, header, offset, text.length());
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] sum = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, sum, a.length, b.length);
        return sum;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
