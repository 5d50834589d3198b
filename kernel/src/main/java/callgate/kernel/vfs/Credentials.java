package callgate.kernel.vfs;

import java.util.Arrays;

/**
 * Who a task is. Immutable; system calls replace it. Capabilities are bit sets as in Linux.
 *
 * @param groups supplementary groups, sorted
 */
public record Credentials(
        int uid,
        int euid,
        int suid,
        int fsuid,
        int gid,
        int egid,
        int sgid,
        int fsgid,
        int[] groups,
        long effective,
        long permitted,
        long inheritable,
        long bounding,
        long ambient) {
    public static final int CAP_CHOWN = 0;
    public static final int CAP_DAC_OVERRIDE = 1;
    public static final int CAP_DAC_READ_SEARCH = 2;
    public static final int CAP_FOWNER = 3;
    public static final int CAP_FSETID = 4;
    public static final int CAP_KILL = 5;
    public static final int CAP_SETGID = 6;
    public static final int CAP_SETUID = 7;
    public static final int CAP_SETPCAP = 8;
    public static final int CAP_NET_BIND_SERVICE = 10;
    public static final int CAP_NET_ADMIN = 12;
    public static final int CAP_SYS_CHROOT = 18;
    public static final int CAP_SYS_ADMIN = 21;
    public static final int CAP_SYS_NICE = 23;
    public static final int CAP_SYS_RESOURCE = 24;
    public static final int CAP_MKNOD = 27;

    /** All capabilities that Linux knows: 0 to 40. */
    public static final long ALL_CAPABILITIES = (1L << 41) - 1;

    /** A user without capabilities, or root with all. */
    public static Credentials of(int uid, int gid, int... groups) {
        int[] sorted = groups.clone();
        Arrays.sort(sorted);
        long capabilities = uid == 0 ? ALL_CAPABILITIES : 0;
        return new Credentials(
                uid,
                uid,
                uid,
                uid,
                gid,
                gid,
                gid,
                gid,
                sorted,
                capabilities,
                capabilities,
                0,
                ALL_CAPABILITIES,
                0);
    }

    public boolean has(int capability) {
        return (effective >>> capability & 1) != 0;
    }

    /** Whether a group counts for file access. */
    public boolean inGroup(int group) {
        return fsgid == group || Arrays.binarySearch(groups, group) >= 0;
    }

    /** As the real user and group would act on files: for access(2). */
    public Credentials asRealUser() {
        long capabilities = uid == 0 ? permitted : 0;
        if (fsuid == uid && fsgid == gid && capabilities == effective) {
            return this;
        }
        return new Credentials(
                uid,
                euid,
                suid,
                uid,
                gid,
                egid,
                sgid,
                gid,
                groups,
                capabilities,
                permitted,
                inheritable,
                bounding,
                ambient);
    }
}
