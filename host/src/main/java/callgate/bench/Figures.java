package callgate.bench;

import java.util.Locale;

/** Figures as people read them; {@code -} for one that is not there. */
final class Figures {
    private static final String ABSENT = "-";

    private Figures() {}

    /** Nanoseconds, with one digit after the point where that says something. */
    static String time(double nanos) {
        if (Double.isNaN(nanos)) {
            return ABSENT;
        }
        return String.format(Locale.ROOT, nanos < 1000 ? "%.1f" : "%,.0f", nanos);
    }

    static String ratio(double value) {
        return Double.isNaN(value) ? ABSENT : String.format(Locale.ROOT, "%.2f", value);
    }
}
