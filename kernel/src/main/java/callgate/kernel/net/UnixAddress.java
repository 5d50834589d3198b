package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.SocketNumbers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An address of AF_UNIX: none, a path, or a name of the abstract name space (unix(7)). {@code name}
 * is a byte string, as paths are.
 */
public record UnixAddress(Kind kind, String name) implements Address {
    public static final UnixAddress UNNAMED = new UnixAddress(Kind.UNNAMED, "");

    /** Bytes of sun_path. */
    private static final int PATH_BYTES = 108;

    private static final int FAMILY_BYTES = 2;

    /** What an address names. */
    public enum Kind {
        UNNAMED,
        PATH,
        ABSTRACT
    }

    /** EINVAL if it is no AF_UNIX address. */
    static UnixAddress decode(byte[] bytes) {
        if (bytes.length < FAMILY_BYTES
                || bytes.length > FAMILY_BYTES + PATH_BYTES
                || SocketBytes.getShort(bytes, 0) != SocketNumbers.AF_UNIX) {
            throw new ErrnoException(Errno.EINVAL);
        }
        if (bytes.length == FAMILY_BYTES) {
            return UNNAMED;
        }
        if (bytes[FAMILY_BYTES] == 0) {
            return new UnixAddress(Kind.ABSTRACT, text(bytes, FAMILY_BYTES + 1, bytes.length));
        }
        int end = FAMILY_BYTES;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new UnixAddress(Kind.PATH, text(bytes, FAMILY_BYTES, end));
    }

    private static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    @Override
    public byte[] encode() {
        byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
        int start = FAMILY_BYTES + (kind == Kind.ABSTRACT ? 1 : 0);
        int length = start + text.length + (kind == Kind.PATH ? 1 : 0);
        byte[] bytes = Arrays.copyOf(new byte[] {SocketNumbers.AF_UNIX, 0}, length);
        System.arraycopy(text, 0, bytes, start, text.length);
        return bytes;
    }
}
