package callgate.kernel.mm.exec;

import java.util.Arrays;

/** Builds the auxiliary vector (getauxval(3)): pairs of key and value, ended by AT_NULL. */
final class AuxiliaryVector {
    static final int AT_NULL = 0;
    static final int AT_PHDR = 3;
    static final int AT_PHENT = 4;
    static final int AT_PHNUM = 5;
    static final int AT_PAGESZ = 6;
    static final int AT_BASE = 7;
    static final int AT_FLAGS = 8;
    static final int AT_ENTRY = 9;
    static final int AT_UID = 11;
    static final int AT_EUID = 12;
    static final int AT_GID = 13;
    static final int AT_EGID = 14;
    static final int AT_HWCAP = 16;
    static final int AT_CLKTCK = 17;
    static final int AT_SECURE = 23;
    static final int AT_RANDOM = 25;
    static final int AT_HWCAP2 = 26;
    static final int AT_EXECFN = 31;
    static final int AT_SYSINFO_EHDR = 33;
    static final int AT_MINSIGSTKSZ = 51;

    private long[] words = new long[48];
    private int count;

    AuxiliaryVector add(int key, long value) {
        if (count == words.length) {
            words = Arrays.copyOf(words, count * 2);
        }
        words[count++] = key;
        words[count++] = value;
        return this;
    }

    /** All pairs, with AT_NULL at the end. */
    long[] words() {
        return Arrays.copyOf(words, count + 2);
    }
}
