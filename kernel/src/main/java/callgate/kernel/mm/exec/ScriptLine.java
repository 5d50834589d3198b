package callgate.kernel.mm.exec;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import java.nio.charset.StandardCharsets;

/**
 * The first line of a script: {@code #!interpreter [argument]} (execve(2), "Interpreter scripts").
 *
 * @param argument all that follows the interpreter, or null
 */
record ScriptLine(String interpreter, String argument) {
    /** How much of a file is looked at. */
    static final int LIMIT_BYTES = 256;

    static boolean isScript(byte[] head, int lengthBytes) {
        return lengthBytes >= 2 && head[0] == '#' && head[1] == '!';
    }

    /**
     * Takes the line apart; throws ENOEXEC if it names no interpreter, or if its path does not fit.
     */
    static ScriptLine parse(byte[] head, int lengthBytes) {
        int limit = Math.min(lengthBytes, LIMIT_BYTES);
        String text = new String(head, 2, limit - 2, StandardCharsets.ISO_8859_1);
        int newline = text.indexOf('\n');
        String line = newline < 0 ? text : text.substring(0, newline);
        int start = skipBlanks(line, 0);
        int end = start;
        while (end < line.length() && !isBlank(line.charAt(end)) && line.charAt(end) != '\0') {
            end++;
        }
        boolean cut = newline < 0 && lengthBytes >= LIMIT_BYTES && end == line.length();
        if (end == start || cut) {
            throw new ErrnoException(Errno.ENOEXEC);
        }
        String interpreter = line.substring(start, end);
        if (end < line.length() && line.charAt(end) == '\0') {
            return new ScriptLine(interpreter, null);
        }
        String rest = line.substring(skipBlanks(line, end));
        int terminator = rest.indexOf('\0');
        String argument =
                stripTrailingBlanks(terminator < 0 ? rest : rest.substring(0, terminator));
        return new ScriptLine(interpreter, argument.isEmpty() ? null : argument);
    }

    private static int skipBlanks(String line, int from) {
        while (from < line.length() && isBlank(line.charAt(from))) {
            from++;
        }
        return from;
    }

    private static String stripTrailingBlanks(String text) {
        int end = text.length();
        while (end > 0 && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
