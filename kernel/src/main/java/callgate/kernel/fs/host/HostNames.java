package callgate.kernel.fs.host;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Names of the guest are bytes, one a char; names of the host are text, UTF-8 as bytes. */
final class HostNames {
    /** What decoding puts in the place of bytes that are no text. */
    private static final char REPLACEMENT = '\ufffd';

    private HostNames() {}

    /** The host's name; EILSEQ by ErrnoException if it has none. */
    static Path toHost(Path anyPath, String name) {
        String text = text(name);
        try {
            Path path = anyPath.getFileSystem().getPath(text);
            if (path.getNameCount() == 1
                    && !path.isAbsolute()
                    && !text.equals(".")
                    && !text.equals("..")) {
                return path;
            }
        } catch (InvalidPathException e) {
            // the host cannot say it: below
        }
        throw new ErrnoException(Errno.EILSEQ);
    }

    /** Bytes as text; EILSEQ by ErrnoException if they are none. */
    static String text(String bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ErrnoException(Errno.EILSEQ);
        }
    }

    /**
     * The guest's name for a path's last component, or null if the host's bytes could not be told
     * from others'.
     */
    static String toGuest(Path path) {
        String text = path.toString();
        return text.indexOf(REPLACEMENT) >= 0 ? null : bytes(text);
    }

    static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
