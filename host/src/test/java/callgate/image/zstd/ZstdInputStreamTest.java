package callgate.image.zstd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZstdInputStreamTest {
    private static final List<String> WORDS =
            List.of("kernel", "hart", "gate", "module", "page", "frame", "trap", "task");

    @TempDir private Path folder;

    /**
     * {@code words.zst} is {@code zstd -19} of words(100000, 1), {@code words-fast.zst} is {@code
     * zstd --fast=3} of it.
     */
    @Test
    void recordedFramesUnpackToTheirContent() throws IOException {
        byte[] expected = words(100_000, 1);
        assertThat(unpack(resource("words.zst"))).isEqualTo(expected);
        assertThat(unpack(resource("words-fast.zst"))).isEqualTo(expected);
    }

    @Test
    void framesFollowEachOtherAndSomeAreSkipped() throws IOException {
        byte[] frame = resource("words.zst");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(frame);
        all.writeBytes(new byte[] {0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9});
        all.writeBytes(frame);
        assertThat(unpack(all.toByteArray())).hasSize(2 * words(100_000, 1).length);
    }

    @Test
    void rawAndRepeatedBlocksAreRead() throws IOException {
        byte[] frame = {
            0x28,
            (byte) 0xb5,
            0x2f,
            (byte) 0xfd,
            0x20,
            7,
            0x18,
            0,
            0,
            'a',
            'b',
            'c',
            0x23,
            0,
            0,
            'z'
        };
        assertThat(unpack(frame)).asString(StandardCharsets.US_ASCII).isEqualTo("abczzzz");
    }

    @Test
    void whatTheToolPacksIsUnpacked() throws Exception {
        Path zstd = Path.of("/usr/bin/zstd");
        assumeTrue(Files.isExecutable(zstd), "zstd is not installed");
        Random random = new Random(3);
        byte[] noise = new byte[300_000];
        random.nextBytes(noise);
        for (byte[] content :
                List.of(new byte[0], new byte[1], noise, words(400_000, 2), new byte[1_000_000])) {
            for (String option :
                    List.of("-1", "-7", "-19", "--fast=9", "--no-check", "--long=20")) {
                Path plain = Files.write(folder.resolve("plain"), content);
                Path packed = folder.resolve("packed");
                new ProcessBuilder(
                                zstd.toString(),
                                "-q",
                                "-f",
                                option,
                                plain.toString(),
                                "-o",
                                packed.toString())
                        .inheritIO()
                        .start()
                        .waitFor();
                assertThat(unpack(Files.readAllBytes(packed)))
                        .as("%s, %d bytes", option, content.length)
                        .isEqualTo(content);
            }
        }
    }

    @Test
    void truncationAndDamageAreFound() throws IOException {
        byte[] good = resource("words.zst");
        for (int length = 1; length < good.length; length += 97) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> unpack(cut)).isInstanceOf(EOFException.class);
        }
        long seed = 8;
        Random random = new Random(seed);
        int unpacked = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] bad = good.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                bad[random.nextInt(random.nextBoolean() ? 200 : bad.length)] =
                        (byte) random.nextInt(256);
            }
            try {
                unpacked += unpack(bad).length > 0 && !Arrays.equals(bad, good) ? 1 : 0;
            } catch (IOException e) {
                assertThat(e.getMessage()).as("seed %d, round %d", seed, round).isNotBlank();
            }
        }
        assertThat(unpacked).as("the checksum finds nearly all").isLessThan(30);
    }

    @Test
    void framesThatAskForTooMuchAreRefused() {
        byte[] huge = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) 0xff, 0, 0, 0};
        assertThatThrownBy(() -> unpack(huge))
                .isInstanceOf(ZstdException.class)
                .hasMessageContaining("bytes of memory");
        byte[] dictionary = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x21, 5, 7, 0, 0, 0};
        assertThatThrownBy(() -> unpack(dictionary)).hasMessageContaining("dictionary");
        assertThatThrownBy(() -> unpack(new byte[] {1, 2, 3, 4}))
                .hasMessageContaining("no zstd frame");
    }

    private static byte[] unpack(byte[] packed) throws IOException {
        try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }

    /** Text that compresses as text does; the same for the same seed on every machine. */
    static byte[] words(int length, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(WORDS.get(random.nextInt(WORDS.size())))
                    .append(random.nextInt(5) == 0 ? "\n" : " ");
            if (random.nextInt(9) == 0) {
                text.append(random.nextInt(1000));
            }
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = ZstdInputStreamTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
