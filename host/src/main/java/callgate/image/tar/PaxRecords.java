package callgate.image.tar;

import callgate.kernel.fs.tar.LayerFormatException;
import callgate.kernel.fs.tar.LayerTree;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** The records of a pax extended header, which override fields of the entry after it. */
final class PaxRecords {
    static final PaxRecords NONE = new PaxRecords();

    private static final String XATTR = "SCHILY.xattr.";
    private static final String LIBARCHIVE_XATTR = "LIBARCHIVE.xattr.";

    /** Largest value of an extended attribute (XATTR_SIZE_MAX). */
    private static final int MAX_XATTR_BYTES = 65536;

    private static final int MAX_XATTRS = 1000;

    private final Map<String, String> values = new LinkedHashMap<>();

    /** Adds the records of a header block to these; values hold one byte per char. */
    PaxRecords plus(byte[] data) throws LayerFormatException {
        PaxRecords sum = new PaxRecords();
        sum.values.putAll(values);
        int at = 0;
        while (at < data.length && data[at] != 0) {
            int blank = at;
            int length = 0;
            while (blank < data.length
                    && data[blank] >= '0'
                    && data[blank] <= '9'
                    && length < data.length) {
                length = length * 10 + data[blank++] - '0';
            }
            int end = at + length;
            if (blank == at
                    || blank >= data.length
                    || data[blank] != ' '
                    || length > data.length - at
                    || end <= blank + 1
                    || data[end - 1] != '\n') {
                throw new LayerFormatException("a damaged extended header");
            }
            String record =
                    new String(data, blank + 1, end - 1 - (blank + 1), StandardCharsets.ISO_8859_1);
            int equals = record.indexOf('=', 1);
            if (equals < 0) {
                throw new LayerFormatException("an extended header without a value");
            }
            sum.values.put(record.substring(0, equals), record.substring(equals + 1));
            at = end;
        }
        return sum;
    }

    PaxRecords plus(PaxRecords more) {
        if (values.isEmpty()) {
            return more;
        }
        PaxRecords sum = new PaxRecords();
        sum.values.putAll(values);
        sum.values.putAll(more.values);
        return sum;
    }

    /** A value, or the other when there is none; an empty one deletes, as the standard says. */
    String text(String key, String otherwise) {
        String value = values.get(key);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    long number(String key, long otherwise) throws LayerFormatException {
        String value = text(key, null);
        if (value == null) {
            return otherwise;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new LayerFormatException("an extended header whose " + key + " is no number");
        }
    }

    /** Seconds and nanoseconds of a time such as {@code 1700000000.25}. */
    long[] time(String key, long otherwiseSeconds) throws LayerFormatException {
        String value = text(key, null);
        if (value == null) {
            return new long[] {otherwiseSeconds, 0};
        }
        int dot = value.indexOf('.');
        String whole = dot < 0 ? value : value.substring(0, dot);
        String fraction = dot < 0 ? "" : value.substring(dot + 1);
        if (!whole.matches("-?[0-9]{1,18}") || !fraction.matches("[0-9]*")) {
            throw new LayerFormatException("an extended header whose " + key + " is no time");
        }
        long seconds = Long.parseLong(whole);
        long nanos = Long.parseLong((fraction + "000000000").substring(0, 9));
        if (whole.startsWith("-") && nanos > 0) {
            return new long[] {seconds - 1, 1_000_000_000 - nanos};
        }
        return new long[] {seconds, nanos};
    }

    /** The extended attributes among the records. */
    Map<String, byte[]> xattrs() throws LayerFormatException {
        Map<String, byte[]> xattrs = new LinkedHashMap<>();
        for (Map.Entry<String, String> record : values.entrySet()) {
            String key = record.getKey();
            if (key.startsWith(XATTR)) {
                putXattr(
                        xattrs,
                        key.substring(XATTR.length()),
                        record.getValue().getBytes(StandardCharsets.ISO_8859_1));
            } else if (key.startsWith(LIBARCHIVE_XATTR)) {
                putEncoded(xattrs, key.substring(LIBARCHIVE_XATTR.length()), record.getValue());
            }
        }
        return xattrs.isEmpty() ? Map.of() : xattrs;
    }

    void refuseSparse() throws LayerFormatException {
        for (String key : values.keySet()) {
            if (key.startsWith("GNU.sparse.") || key.equals("SCHILY.realsize")) {
                throw new LayerFormatException("a sparse file; make the tar without --sparse");
            }
        }
    }

    private static void putEncoded(Map<String, byte[]> xattrs, String name, String value)
            throws LayerFormatException {
        try {
            putXattr(
                    xattrs,
                    URLDecoder.decode(name, StandardCharsets.ISO_8859_1),
                    Base64.getDecoder().decode(value));
        } catch (IllegalArgumentException e) {
            throw new LayerFormatException("an extended attribute that is not encoded well");
        }
    }

    private static void putXattr(Map<String, byte[]> xattrs, String name, byte[] value)
            throws LayerFormatException {
        if (name.isEmpty()
                || name.length() > LayerTree.MAX_NAME_BYTES
                || name.indexOf('\0') >= 0
                || value.length > MAX_XATTR_BYTES
                || xattrs.size() >= MAX_XATTRS) {
            throw new LayerFormatException("extended attributes that are too many or too large");
        }
        xattrs.put(name, value);
    }
}
