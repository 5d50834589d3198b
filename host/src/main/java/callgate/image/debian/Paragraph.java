package callgate.image.debian;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fields of one paragraph of a control file, deb822(5). Names of fields are the same in upper and
 * lower case.
 */
final class Paragraph {
    private final Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final String text;

    private Paragraph(String text) {
        this.text = text;
    }

    /** All paragraphs of a text. */
    static List<Paragraph> parseAll(String text) throws ControlException {
        List<Paragraph> paragraphs = new ArrayList<>();
        for (String part : text.split("(?m)\n(?:[ \t\r]*\n)+")) {
            Paragraph paragraph = parse(part);
            if (!paragraph.fields.isEmpty()) {
                paragraphs.add(paragraph);
            }
        }
        return paragraphs;
    }

    /** The paragraph that is the whole text. */
    static Paragraph parse(String text) throws ControlException {
        Paragraph paragraph = new Paragraph(text);
        String name = null;
        for (String line : text.split("\n")) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
                if (name == null) {
                    throw new ControlException("a control file that begins with a continued line");
                }
                paragraph.fields.merge(name, "\n" + line.strip(), String::concat);
                continue;
            }
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new ControlException(
                        "a control file with the line \""
                                + shortened(line)
                                + "\", which is no field");
            }
            name = line.substring(0, colon);
            if (paragraph.fields.put(name, line.substring(colon + 1).strip()) != null) {
                throw new ControlException(
                        "a control file with the field " + shortened(name) + " twice");
            }
        }
        return paragraph;
    }

    /** A field's value, its lines joined by line feeds; null when it is not there. */
    String get(String name) {
        return fields.get(name);
    }

    /** A field's value; empty when it is not there. */
    String text(String name) {
        return fields.getOrDefault(name, "");
    }

    /** A field that must be there. */
    String required(String name) throws ControlException {
        String value = fields.get(name);
        if (value == null || value.isEmpty()) {
            throw new ControlException("a paragraph without the field " + name);
        }
        return value;
    }

    /** The blank-separated words of a field. */
    List<String> words(String name) {
        String value = text(name).strip();
        return value.isEmpty() ? List.of() : List.of(value.split("\\s+"));
    }

    /** The paragraph as it was written. */
    String source() {
        return text;
    }

    private static String shortened(String line) {
        String plain = line.replaceAll("[^ -~]", "?");
        return plain.length() > 60 ? plain.substring(0, 60) + "..." : plain;
    }
}
