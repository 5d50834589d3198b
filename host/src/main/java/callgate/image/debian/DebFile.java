package callgate.image.debian;

import callgate.image.tar.Compression;
import callgate.image.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A binary package, deb(5): an {@code ar} archive of {@code debian-binary}, {@code control.tar} and
 * {@code data.tar}, in this order. Its parts are read one after the other.
 */
final class DebFile implements Closeable {
    private static final String GLOBAL_HEADER = "!<arch>\n";
    private static final int MEMBER_HEADER_BYTES = 60;

    /** Most bytes that a part is believed to unpack to. */
    private static final long MAX_UNPACKED_BYTES = 16L << 30;

    private final InputStream in;
    private final long fileBytes;
    private long position;
    private long memberEnd = -1;

    private DebFile(InputStream in, long fileBytes) {
        this.in = in;
        this.fileBytes = fileBytes;
    }

    /** Opens a package and checks that it is one. */
    static DebFile open(Path file) throws IOException {
        DebFile deb =
                new DebFile(
                        new BufferedInputStream(Files.newInputStream(file), 1 << 16),
                        Files.size(file));
        try {
            if (!new String(deb.bytes(GLOBAL_HEADER.length()), StandardCharsets.ISO_8859_1)
                    .equals(GLOBAL_HEADER)) {
                throw new ControlException("not a Debian package");
            }
            Member format = deb.nextMember();
            String version =
                    new String(
                            deb.bytes((int) Math.min(format.size, 16)),
                            StandardCharsets.ISO_8859_1);
            if (!format.name.equals("debian-binary") || !version.startsWith("2.")) {
                throw new ControlException("not a Debian package of format 2");
            }
            deb.skip(format.size - version.length() + (format.size & 1));
            return deb;
        } catch (IOException | RuntimeException e) {
            deb.close();
            throw e;
        }
    }

    /** The control files; to be read before the next part. */
    TarReader control() throws IOException {
        return part("control.tar");
    }

    /** The files to install. */
    TarReader data() throws IOException {
        return part("data.tar");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private record Member(String name, long size) {}

    private TarReader part(String name) throws IOException {
        if (memberEnd >= 0) {
            skip(memberEnd - position);
        }
        while (true) {
            Member member = nextMember();
            memberEnd = position + member.size + (member.size & 1);
            if (member.name.equals(name) || member.name.startsWith(name + ".")) {
                return new TarReader(
                        Compression.unpack(new Bounded(member.size)), MAX_UNPACKED_BYTES);
            }
            if (!member.name.startsWith("_")) { // deb(5): members that may be passed over begin so
                throw new ControlException(
                        "a package with the part \""
                                + member.name
                                + "\" where "
                                + name
                                + " should be");
            }
            skip(memberEnd - position);
        }
    }

    private Member nextMember() throws IOException {
        byte[] header = bytes(MEMBER_HEADER_BYTES);
        String text = new String(header, StandardCharsets.ISO_8859_1);
        String name = text.substring(0, 16).strip().replaceFirst("/$", "");
        String size = text.substring(48, 58).strip();
        if (!text.endsWith("`\n")
                || !size.matches("[0-9]+")
                || !name.matches("[a-z_][a-z0-9._-]*")) {
            throw new ControlException("a package whose parts are damaged");
        }
        if (Long.parseLong(size) > fileBytes - position) {
            throw new EOFException(
                    "a package that is cut off: its part " + name + " is longer than the file");
        }
        return new Member(name, Long.parseLong(size));
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        position += bytes.length;
        if (bytes.length < count) {
            throw new EOFException("a package that is cut off after " + position + " bytes");
        }
        return bytes;
    }

    private void skip(long count) throws IOException {
        try {
            in.skipNBytes(count);
        } catch (EOFException e) {
            throw new EOFException("a package that is cut off");
        }
        position += count;
    }

    /** One part of the file; closing it leaves the file open. */
    private final class Bounded extends InputStream {
        private long left;

        Bounded(long left) {
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left == 0) {
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(left, length));
            if (count > 0) {
                left -= count;
                position += count;
            }
            return count;
        }
    }
}
