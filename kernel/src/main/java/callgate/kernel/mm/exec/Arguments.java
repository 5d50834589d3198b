package callgate.kernel.mm.exec;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.UserMemory;
import java.util.ArrayList;
import java.util.List;

/** Reads argv and envp of a caller of execve. */
public final class Arguments {
    /**
     * More than this in all is E2BIG whatever the stack limit: three quarters of 8 MiB, as Linux.
     */
    private static final long MAX_BYTES = 6L << 20;

    private Arguments() {}

    /**
     * The strings of a NULL-terminated array of pointers; none if the array itself is NULL. Throws
     * EFAULT or E2BIG.
     */
    public static List<String> read(UserMemory memory, long array) {
        List<String> strings = new ArrayList<>();
        if (array == 0) {
            return strings;
        }
        long bytes = 0;
        for (long at = array; ; at += 8) {
            long pointer = memory.readLong(at);
            if (pointer == 0) {
                return strings;
            }
            String string = memory.readString(pointer, InitialStack.MAX_STRING_BYTES);
            if (string == null) {
                throw new ErrnoException(Errno.E2BIG);
            }
            strings.add(string);
            bytes += string.length() + 1 + 8;
            if (bytes > MAX_BYTES) {
                throw new ErrnoException(Errno.E2BIG);
            }
        }
    }
}
