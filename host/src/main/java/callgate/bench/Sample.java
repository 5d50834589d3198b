package callgate.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One line that a benchmark program printed: a case's name, then pairs of a word and a value.
 *
 * @param values the pairs
 */
record Sample(String benchCase, Map<String, String> values) {
    static List<Sample> parse(String output) {
        List<Sample> samples = new ArrayList<>();
        for (String line : output.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            Map<String, String> values = new HashMap<>();
            for (int i = 1; i + 1 < words.length; i += 2) {
                values.put(words[i], words[i + 1]);
            }
            samples.add(new Sample(words[0], values));
        }
        return samples;
    }

    /** The time of a kind in nanoseconds; NaN if the line has none. */
    double nanos(String kind) {
        String value = values.get(kind);
        return value == null ? Double.NaN : Double.parseDouble(value);
    }

    /** What must be equal everywhere; empty if the case has no checksum. */
    String checksum() {
        return values.getOrDefault("checksum", "");
    }
}
