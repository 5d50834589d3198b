package callgate;

import java.util.Locale;

/** Sizes such as {@code 512m}, {@code 1g}, {@code 65536}: powers of 1024. */
public final class MemorySize {
    private MemorySize() {}

    /**
     * Bytes of a size.
     *
     * @throws IllegalArgumentException if it is not a number with one of the suffixes k, m, g, t,
     *     or not positive
     */
    public static long parse(String text) {
        String lower = text.trim().toLowerCase(Locale.ROOT);
        int shift = lower.isEmpty() ? -1 : "kmgt".indexOf(lower.charAt(lower.length() - 1));
        String digits = shift < 0 ? lower : lower.substring(0, lower.length() - 1);
        try {
            long number = Long.parseLong(digits);
            long bytes = Math.multiplyExact(number, 1L << 10 * (shift + 1));
            if (bytes > 0) {
                return bytes;
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not a size; write one such as 512m or 1g");
    }
}
