package callgate.image.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.image.report.ImageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenPgpTest {
    private static final String TEXT =
            "Origin: Test\n- dashed\n-----BEGIN something-----\ntrailing  \n\nlast: line\n";

    @TempDir private Path folder;

    private final SigningKey key = SigningKey.create();

    @Test
    void aGoodSignatureGivesTheText() throws IOException {
        assertThat(verified(key.sign(TEXT), key)).isEqualTo(TEXT.replace("trailing  ", "trailing"));
        String windows = new String(key.sign(TEXT), StandardCharsets.UTF_8).replace("\n", "\r\n");
        assertThat(verified(windows.getBytes(StandardCharsets.UTF_8), key)).contains("last: line");
    }

    @Test
    void aForeignKeyIsRefused() {
        assertThatThrownBy(() -> verified(SigningKey.create().sign(TEXT), key))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("not among the keys");
    }

    @Test
    void aChangedTextIsRefused() {
        byte[] changed =
                new String(key.sign(TEXT), StandardCharsets.UTF_8)
                        .replace("Test", "Tesu")
                        .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> verified(changed, key))
                .hasMessageContaining("does not match the text");
    }

    @Test
    void expiredKeysAndWeakHashesAreRefused() {
        SigningKey old = SigningKey.create(Instant.now().minusSeconds(5000), 1000);
        assertThatThrownBy(() -> verified(old.sign(TEXT), old))
                .hasMessageContaining("has expired or was revoked");
        assertThatThrownBy(() -> verified(key.sign(TEXT, HashAlgorithmTags.SHA1), key))
                .hasMessageContaining("too weak");
    }

    @Test
    void textAroundTheMessageIsRefused() {
        String signed = new String(key.sign(TEXT), StandardCharsets.UTF_8);
        assertThatThrownBy(
                        () ->
                                verified(
                                        ("Evil: yes\n" + signed).getBytes(StandardCharsets.UTF_8),
                                        key))
                .hasMessageContaining("does not begin with");
        assertThatThrownBy(
                        () ->
                                verified(
                                        (signed + "Evil: yes\n").getBytes(StandardCharsets.UTF_8),
                                        key))
                .hasMessageContaining("something after its end");
    }

    @Test
    void whatIsNotSignedIsRefused() {
        assertThatThrownBy(() -> verified("<html>".getBytes(StandardCharsets.UTF_8), key))
                .hasMessageContaining("not a signed text");
        assertThatThrownBy(() -> verified(new byte[0], key))
                .hasMessageContaining("not a signed text");
    }

    @Test
    void anEmptyOrMissingKeyringIsNamed() throws IOException {
        assertThatThrownBy(
                        () ->
                                OpenPgp.verified(
                                        key.sign(TEXT),
                                        "x",
                                        folder.resolve("none.gpg"),
                                        Instant.now()))
                .hasMessageContaining("debian-archive-keyring");
        Path rubbish = Files.writeString(folder.resolve("rubbish.gpg"), "rubbish");
        assertThatThrownBy(() -> OpenPgp.verified(key.sign(TEXT), "x", rubbish, Instant.now()))
                .isInstanceOf(ImageException.class);
    }

    @Test
    void mutatedMessagesNeverPass() throws IOException {
        byte[] good = key.sign(TEXT);
        String expected = verified(good, key);
        long seed = 99;
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            byte[] bad =
                    random.nextInt(6) == 0
                            ? Arrays.copyOf(good, random.nextInt(good.length))
                            : good.clone();
            if (bad.length == good.length) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(verified(bad, key)).as("seed %d, round %d", seed, i).isEqualTo(expected);
            } catch (ImageException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    private String verified(byte[] message, SigningKey trusted) throws IOException {
        Path keyring = Files.write(folder.resolve("keys.gpg"), trusted.keyring());
        return OpenPgp.verified(message, "http://mirror.example/InRelease", keyring, Instant.now());
    }
}
