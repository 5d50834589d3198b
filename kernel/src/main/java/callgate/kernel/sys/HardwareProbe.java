package callgate.kernel.sys;

/**
 * What riscv_hwprobe(2) tells of the harts: RV64IMAFDC, misaligned accesses that are slower than
 * aligned ones.
 */
final class HardwareProbe {
    private static final int KEY_MVENDORID = 0;
    private static final int KEY_MARCHID = 1;
    private static final int KEY_MIMPID = 2;
    private static final int KEY_BASE_BEHAVIOR = 3;
    private static final int KEY_IMA_EXT_0 = 4;
    private static final int KEY_CPUPERF_0 = 5;
    private static final int KEY_ZICBOZ_BLOCK_SIZE = 6;
    private static final int KEY_HIGHEST_VIRT_ADDRESS = 7;
    private static final int KEY_TIME_CSR_FREQ = 8;

    private static final long BASE_BEHAVIOR_IMA = 1;
    private static final long IMA_FD = 1;
    private static final long IMA_C = 1 << 1;
    private static final long MISALIGNED_SLOW = 2;
    private static final long HIGHEST_ADDRESS = (1L << 38) - 1;
    private static final long TIME_FREQUENCY_HERTZ = 1_000_000_000;

    private HardwareProbe() {}

    /** A pair as the caller gets it back: key -1 if the key is not known. */
    record Answer(long key, long value) {}

    static Answer answer(long key) {
        if (key < KEY_MVENDORID || key > KEY_TIME_CSR_FREQ) {
            return new Answer(-1, 0);
        }
        return new Answer(
                key,
                switch ((int) key) {
                    case KEY_MVENDORID, KEY_MARCHID, KEY_MIMPID ->
                            0; // "not implemented", as the privileged specification allows
                    case KEY_BASE_BEHAVIOR -> BASE_BEHAVIOR_IMA;
                    case KEY_IMA_EXT_0 -> IMA_FD | IMA_C;
                    case KEY_CPUPERF_0 -> MISALIGNED_SLOW;
                    case KEY_ZICBOZ_BLOCK_SIZE -> 0;
                    case KEY_HIGHEST_VIRT_ADDRESS -> HIGHEST_ADDRESS;
                    case KEY_TIME_CSR_FREQ -> TIME_FREQUENCY_HERTZ;
                    default -> throw new AssertionError(key);
                });
    }
}
