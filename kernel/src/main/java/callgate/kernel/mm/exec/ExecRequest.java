package callgate.kernel.mm.exec;

import callgate.kernel.mm.SpaceLimits;
import java.util.List;

/**
 * What is to be executed, and for whom.
 *
 * @param path as the caller gave it (or {@code /dev/fd/N/...} for execveat); it becomes AT_EXECFN,
 *     and the script's name
 * @param file the opened file; the loader takes over this reference
 * @param arguments argv, byte strings of one char a byte; an empty one becomes {@code [""]}
 * @param environment envp
 * @param secure AT_SECURE: credentials changed at exec
 * @param limits resource limits of the new program
 */
public record ExecRequest(
        String path,
        ExecutableFile file,
        List<String> arguments,
        List<String> environment,
        int uid,
        int euid,
        int gid,
        int egid,
        boolean secure,
        SpaceLimits limits) {}
