package callgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootFolderTest {
    @TempDir private Path folder;
    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    private void entry(String name, char type, String target, String data) {
        byte[] bytes = data.getBytes(StandardCharsets.US_ASCII);
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000755");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", bytes.length));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, target);
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o", sum));
        header[154] = 0;
        tar.writeBytes(header);
        tar.writeBytes(bytes);
        tar.writeBytes(new byte[(512 - bytes.length % 512) % 512]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private void unpack() throws IOException {
        tar.writeBytes(new byte[1024]);
        byte[] bytes = tar.toByteArray();
        RootFolder.unpack(new ByteArrayInputStream(bytes), bytes.length, folder.resolve("root"));
    }

    @Test
    void filesAndLinksComeOutAndAbsoluteLinksStayInside() throws IOException {
        entry("usr/bin/tool", '0', "", "text");
        entry("usr/bin/other", '1', "usr/bin/tool", "");
        entry("bin", '2', "usr/bin", "");
        entry("etc/alias", '2', "/usr/bin/tool", "");
        unpack();
        Path root = folder.resolve("root");
        assertThat(root.resolve("bin/tool")).hasContent("text").isExecutable();
        assertThat(root.resolve("bin/other")).hasContent("text");
        assertThat(root.resolve("etc/alias")).hasContent("text");
    }

    @Test
    void nothingIsWrittenThroughALinkThatLeadsOutside() throws IOException {
        Files.createDirectory(folder.resolve("outside"));
        entry("way", '2', "../outside", "");
        entry("way/file", '0', "", "text");
        assertThatThrownBy(this::unpack).isInstanceOf(IOException.class);
        assertThat(folder.resolve("outside")).isEmptyDirectory();
    }
}
