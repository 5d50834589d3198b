package callgate.kernel;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * How a process is started from outside.
 *
 * @param arguments argv; the first is looked up in the PATH of {@code environment} unless it has a
 *     slash
 * @param environment the whole environment; HOME is added if it is not there
 * @param workingDirectory absolute, or null for the user's home
 * @param user name or uid, with an optional {@code :group}; null for root
 */
public record ProcessOptions(
        List<String> arguments,
        Map<String, String> environment,
        String workingDirectory,
        String user,
        Streams streams) {
    /** Where descriptors 0, 1 and 2 lead. */
    public sealed interface Streams {
        /**
         * Streams of the host; a null one is {@code /dev/null}. Input is read ahead on a thread of
         * its own; output is written on the guest task's thread, and a failed write of the host
         * becomes EPIPE with SIGPIPE.
         */
        record Host(InputStream input, OutputStream output, OutputStream error)
                implements Streams {}

        /**
         * A new pseudo-terminal, the process's controlling one. {@code input} feeds it, what the
         * guest writes goes to {@code output}. Its size can be changed by {@link
         * GuestProcess#resize}.
         */
        record Terminal(InputStream input, OutputStream output, int columns, int rows)
                implements Streams {}
    }
}
