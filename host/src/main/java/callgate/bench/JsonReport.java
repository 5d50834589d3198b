package callgate.bench;

import java.util.Locale;
import java.util.StringJoiner;

/**
 * Results for programs, medians, less is better, what is absent null:
 *
 * <pre>{@code
 * {"machine":{…},"commit":"…","cases":[{"suite":"cpu","case":"qsort","unit":"ns",
 *   "native":1.0,"qemu":4.4,"gvisor":null,"user":1.9,"kernel":null,"first":9.0}]}
 * }</pre>
 *
 * Written by hand: one fixed form, which a test reads back, is not worth a library.
 */
final class JsonReport {
    private JsonReport() {}

    static String of(Results results) {
        Machine machine = results.machine();
        StringJoiner cases = new StringJoiner(",\n  ", "[\n  ", "\n]");
        results.measurements().forEach(it -> cases.add(measurement(it)));
        return "{\"machine\":{\"cpu\":"
                + text(machine.cpu())
                + ",\"cores\":"
                + machine.cores()
                + ",\"kernel\":"
                + text(machine.kernel())
                + ",\"jdk\":"
                + text(machine.jdk())
                + "},\"commit\":"
                + text(results.commit())
                + ",\"cases\":"
                + cases
                + "}\n";
    }

    private static String measurement(Measurement it) {
        BenchCase benchCase = it.benchCase();
        StringJoiner fields = new StringJoiner(",", "{", "}");
        fields.add("\"suite\":" + text(benchCase.suite().id()));
        fields.add("\"case\":" + text(benchCase.name()));
        fields.add("\"unit\":" + text(benchCase.unit()));
        for (Column column : Column.values()) {
            fields.add(text(column.id()) + ":" + number(it.median(column)));
        }
        return fields.add("\"first\":" + number(it.first())).toString();
    }

    static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.1f", value) : "null";
    }

    /** A string, also safe inside of a script of an HTML page. */
    static String text(String text) {
        StringBuilder escaped = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"', '\\' -> escaped.append('\\').append(c);
                case '<', '>', '&', '\u2028', '\u2029' -> escaped.append(unicode(c));
                default -> escaped.append(c < ' ' ? unicode(c) : Character.toString(c));
            }
        }
        return escaped.append('"').toString();
    }

    private static String unicode(char c) {
        return String.format(Locale.ROOT, "\\u%04x", (int) c);
    }
}
