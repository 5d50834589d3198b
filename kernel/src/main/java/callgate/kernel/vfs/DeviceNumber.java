package callgate.kernel.vfs;

/**
 * Device numbers in the form that {@code stat} shows: 32 bits, minor in bits 0-7 and 20-31, major
 * in bits 8-19 (makedev(3)).
 */
public final class DeviceNumber {
    private DeviceNumber() {}

    public static long of(int major, int minor) {
        return (minor & 0xffL) | (major & 0xfffL) << 8 | (minor & 0xfff00L) << 12;
    }

    public static int major(long device) {
        return (int) (device >>> 8) & 0xfff;
    }

    public static int minor(long device) {
        return (int) (device & 0xff | device >>> 12 & 0xfff00);
    }
}
