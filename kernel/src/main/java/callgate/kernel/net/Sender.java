package callgate.kernel.net;

import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;

/** Who sent a message or is at the other end: {@code struct ucred}. */
public record Sender(int pid, int uid, int gid) {
    /** Nobody in particular. */
    public static final Sender UNKNOWN = new Sender(0, 65534, 65534);

    public static Sender of(Caller caller) {
        Credentials who = caller.credentials();
        return new Sender(caller.processId(), who.euid(), who.egid());
    }
}
