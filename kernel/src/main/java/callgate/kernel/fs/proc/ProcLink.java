package callgate.kernel.fs.proc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Path;
import java.util.function.Function;

/**
 * A symbolic link: an ordinary one, or a magic one that leads to an object whatever its name is.
 */
final class ProcLink extends ProcNode {
    private final Function<Caller, String> target;
    private final Function<Caller, Path> jump;

    /**
     * @param permissions 0777, or what they say about the object
     * @param target the text of the link; null as a result is ENOENT
     * @param jump where a magic link leads, or null for an ordinary link
     */
    ProcLink(
            ProcFs fileSystem,
            String key,
            int permissions,
            int uid,
            int gid,
            Function<Caller, String> target,
            Function<Caller, Path> jump) {
        super(fileSystem, key, Mode.S_IFLNK | permissions, uid, gid);
        this.target = target;
        this.jump = jump;
    }

    @Override
    public String readlink(Caller caller) {
        String text = target.apply(caller);
        if (text == null) {
            throw new ErrnoException(Errno.ENOENT);
        }
        return text;
    }

    @Override
    public Path jump(Caller caller) {
        if (jump == null) {
            return null;
        }
        Path path = jump.apply(caller);
        if (path == null) {
            throw new ErrnoException(Errno.ENOENT);
        }
        return path;
    }
}
