package callgate.bench;

import java.util.HashMap;
import java.util.Map;

/**
 * The line that a benchmark program printed: a case's name, then pairs of a word and a value.
 *
 * @param values the pairs
 */
record Sample(String name, Map<String, String> values) {
    /** The last line of an output. */
    static Sample parse(String output) {
        String[] words = output.strip().substring(output.strip().lastIndexOf('\n') + 1).split(" +");
        Map<String, String> values = new HashMap<>();
        for (int i = 1; i + 1 < words.length; i += 2) {
            values.put(words[i], words[i + 1]);
        }
        return new Sample(words[0], values);
    }

    /** A number; NaN if the line has none of that name. */
    double value(String word) {
        try {
            return Double.parseDouble(values.getOrDefault(word, "NaN"));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** What must be equal everywhere; empty if the case has no checksum. */
    String checksum() {
        return values.getOrDefault("checksum", "");
    }
}
