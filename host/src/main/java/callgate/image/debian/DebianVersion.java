package callgate.image.debian;

/** Order of Debian package versions, as deb-version(7) defines it. */
final class DebianVersion {
    private DebianVersion() {}

    /**
     * Negative, zero or positive as the first is older than, the same as, or newer than the second.
     */
    static int compare(String first, String second) {
        int order = compareNumbers(epoch(first), epoch(second));
        if (order == 0) {
            order = comparePart(upstream(first), upstream(second));
        }
        return order != 0 ? order : comparePart(revision(first), revision(second));
    }

    private static String epoch(String version) {
        int colon = version.indexOf(':');
        return colon < 0 ? "0" : version.substring(0, colon);
    }

    private static String upstream(String version) {
        String rest = version.substring(version.indexOf(':') + 1);
        int hyphen = rest.lastIndexOf('-');
        return hyphen < 0 ? rest : rest.substring(0, hyphen);
    }

    private static String revision(String version) {
        String rest = version.substring(version.indexOf(':') + 1);
        int hyphen = rest.lastIndexOf('-');
        return hyphen < 0 ? "" : rest.substring(hyphen + 1);
    }

    /** Non-digits and digits in turn, each compared in its own way. */
    private static int comparePart(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() || j < b.length()) {
            while (i < a.length() && !isDigit(a.charAt(i))
                    || j < b.length() && !isDigit(b.charAt(j))) {
                int order = rank(a, i) - rank(b, j);
                if (order != 0) {
                    return order;
                }
                i++;
                j++;
            }
            int startA = i;
            int startB = j;
            while (i < a.length() && isDigit(a.charAt(i))) {
                i++;
            }
            while (j < b.length() && isDigit(b.charAt(j))) {
                j++;
            }
            int order =
                    compareNumbers(
                            a.substring(Math.min(startA, i), i),
                            b.substring(Math.min(startB, j), j));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    /** A tilde sorts before the end, the end before letters, letters before everything else. */
    private static int rank(String text, int at) {
        if (at >= text.length() || isDigit(text.charAt(at))) {
            return 0;
        }
        char c = text.charAt(at);
        if (c == '~') {
            return -1;
        }
        boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
        return letter ? c : c + 0x10000;
    }

    /** Numbers of any length; an empty one is zero. */
    private static int compareNumbers(String a, String b) {
        String x = withoutZeros(a);
        String y = withoutZeros(b);
        return x.length() != y.length() ? x.length() - y.length() : x.compareTo(y);
    }

    private static String withoutZeros(String digits) {
        int start = 0;
        while (start < digits.length() && digits.charAt(start) == '0') {
            start++;
        }
        return digits.substring(start);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
