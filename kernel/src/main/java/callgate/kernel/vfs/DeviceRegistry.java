package callgate.kernel.vfs;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which device numbers mean what. One for each kernel; a device node opens the same device in every
 * file system. Thread-safe.
 */
public final class DeviceRegistry {
    /** A driver, as far as opening goes. */
    @FunctionalInterface
    public interface Opener {
        /**
         * Opens the device.
         *
         * @param path where its node is
         * @return the open file
         * @throws callgate.kernel.abi.ErrnoException if it cannot be opened
         */
        OpenFile open(Caller caller, Path path, int flags);
    }

    private final Map<Long, Opener> characterDevices = new ConcurrentHashMap<>();

    /** Registers a character device; a driver with many minors registers {@link #registerMajor}. */
    public void register(int major, int minor, Opener opener) {
        characterDevices.put(DeviceNumber.of(major, minor), opener);
    }

    /** Registers all minors of a major number that have no opener of their own. */
    public void registerMajor(int major, Opener opener) {
        characterDevices.put(-1L - major, opener);
    }

    /** The driver of a character device, or null (ENXIO). */
    Opener characterDevice(long device) {
        Opener opener = characterDevices.get(device);
        return opener != null ? opener : characterDevices.get(-1L - DeviceNumber.major(device));
    }
}
