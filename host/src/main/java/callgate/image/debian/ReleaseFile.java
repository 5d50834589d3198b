package callgate.image.debian;

import callgate.image.fetch.Downloads;
import callgate.image.fetch.Sha256;
import callgate.image.report.ImageException;
import java.io.IOException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a release file says, once its signature is checked.
 *
 * @param suite its suite, such as {@code stable}
 * @param codename its code name, such as {@code trixie}
 * @param version number and point release, such as {@code 13.1}; may be empty
 * @param date when it was made
 * @param byHash whether files can also be fetched under their hash, which no update of the mirror
 *     changes
 * @param files what each file of the archive must be, by its path below the release file
 */
record ReleaseFile(
        String suite,
        String codename,
        String version,
        Instant date,
        boolean byHash,
        Map<String, Downloads.Expected> files) {

    // RFC 1123 in words, but numbers of days may be padded, and the zone is UTC
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss zzz", Locale.ROOT);

    /**
     * Reads a release file.
     *
     * @param where its address, for errors
     * @throws ImageException it is another suite's, or no longer valid
     */
    static ReleaseFile parse(String text, String suite, String where, Instant now)
            throws IOException {
        Paragraph fields;
        try {
            fields = Paragraph.parse(text);
        } catch (ControlException e) {
            throw new ImageException(where + ": " + e.getMessage(), e);
        }
        if (!suite.equals(fields.get("Suite")) && !suite.equals(fields.get("Codename"))) {
            throw new ImageException(
                    where
                            + ": this is the release \""
                            + fields.text("Codename")
                            + "\" (suite \""
                            + fields.text("Suite")
                            + "\"), not \""
                            + suite
                            + "\"; the mirror is mixed up, use another");
        }
        String until = fields.get("Valid-Until");
        if (until != null && now.isAfter(date(until, where))) {
            throw new ImageException(
                    where
                            + ": it was valid until "
                            + until
                            + " and is now too old to be trusted;"
                            + " the mirror is no longer updated (use another with --mirror),"
                            + " or the clock of this computer is wrong");
        }
        boolean byHash = fields.text("Acquire-By-Hash").equals("yes");
        return new ReleaseFile(
                fields.text("Suite"),
                fields.text("Codename"),
                fields.text("Version"),
                date(fields.text("Date"), where),
                byHash,
                files(fields, where));
    }

    private static Instant date(String text, String where) throws ImageException {
        try {
            return ZonedDateTime.parse(text.replace("UTC", "GMT"), DATE).toInstant();
        } catch (DateTimeParseException e) {
            throw new ImageException(where + ": \"" + text + "\" is no date", e);
        }
    }

    private static Map<String, Downloads.Expected> files(Paragraph fields, String where)
            throws ImageException {
        Map<String, Downloads.Expected> files = new HashMap<>();
        for (String line : fields.text("SHA256").split("\n")) {
            if (line.isBlank()) {
                continue;
            }
            String[] words = line.strip().split("\\s+");
            if (words.length != 3
                    || !Sha256.isValid(words[0])
                    || !words[1].matches("[0-9]{1,15}")) {
                throw new ImageException(where + ": its list of SHA-256 sums is damaged");
            }
            files.put(words[2], new Downloads.Expected(words[0], Long.parseLong(words[1])));
        }
        return files;
    }
}
