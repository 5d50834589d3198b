package callgate.kernel.ipc;

/** Request numbers of {@code ioctl} that streams of all kinds understand (asm-generic/ioctls.h). */
public final class Ioctls {
    /** How many bytes can be read at once. */
    public static final int FIONREAD = 0x541b;

    /** How many bytes of output are not sent yet. */
    public static final int TIOCOUTQ = 0x5411;

    private Ioctls() {}
}
