package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.HEX;

import callgate.kernel.abi.Errno;
import callgate.kernel.task.SignalCalls;
import callgate.kernel.task.Task;
import callgate.kernel.task.TaskCalls;
import callgate.kernel.vfs.Credentials;
import java.nio.charset.StandardCharsets;

/** prctl(2) and personality(2). */
final class ProcessControl {
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_GET_PDEATHSIG = 2;
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_GET_KEEPCAPS = 7;
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_GET_TIMING = 13;
    private static final int PR_SET_NAME = 15;
    private static final int PR_GET_NAME = 16;
    private static final int PR_GET_SECCOMP = 21;
    private static final int PR_CAPBSET_READ = 23;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_GET_SECUREBITS = 27;
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int PR_GET_TIMERSLACK = 30;
    private static final int PR_SET_MM = 35;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int PR_GET_CHILD_SUBREAPER = 37;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_GET_NO_NEW_PRIVS = 39;
    private static final int PR_GET_TID_ADDRESS = 40;
    private static final int PR_SET_THP_DISABLE = 41;
    private static final int PR_GET_THP_DISABLE = 42;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_IS_SET = 1;
    private static final int PR_CAP_AMBIENT_RAISE = 2;
    private static final int PR_CAP_AMBIENT_LOWER = 3;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private static final int PR_SET_VMA = 0x53564d41;
    private static final long TIMERSLACK_NANOS = 50_000;
    private static final int NAME_BYTES = 16;
    private static final long PERSONALITY_QUERY = 0xffff_ffffL;

    private ProcessControl() {}

    @Syscall(nr = 167, missing = "the less used options (EINVAL)")
    static long prctl(
            Task task,
            int option,
            @Arg(HEX) long a,
            @Arg(HEX) long b,
            @Arg(HEX) long c,
            @Arg(HEX) long d) {
        return switch (option) {
            case PR_SET_NAME -> setName(task, a);
            case PR_GET_NAME -> getName(task, a);
            case PR_SET_PDEATHSIG -> {
                if (a != 0 && (a < 0 || a > 64 || !SignalCalls.isValid((int) a))) {
                    yield -Errno.EINVAL;
                }
                TaskCalls.setDeathSignal(task, (int) a);
                yield 0;
            }
            case PR_GET_PDEATHSIG -> write(task, a, TaskCalls.deathSignal(task));
            case PR_GET_DUMPABLE -> TaskCalls.isDumpable(task) ? 1 : 0;
            case PR_SET_DUMPABLE -> {
                if (a != 0 && a != 1) {
                    yield -Errno.EINVAL;
                }
                TaskCalls.setDumpable(task, a == 1);
                yield 0;
            }
            case PR_GET_KEEPCAPS -> task.keepsCapabilities() ? 1 : 0;
            case PR_SET_KEEPCAPS -> {
                if (a != 0 && a != 1) {
                    yield -Errno.EINVAL;
                }
                task.setKeepsCapabilities(a == 1);
                yield 0;
            }
            case PR_GET_TIMING, PR_GET_SECCOMP, PR_GET_SECUREBITS -> 0;
            case PR_GET_THP_DISABLE -> (a | b | c | d) != 0 ? -Errno.EINVAL : 0;
            case PR_SET_THP_DISABLE -> (b | c | d) != 0 ? -Errno.EINVAL : 0; // there are none
            case PR_SET_TIMERSLACK -> 0; // a hint
            case PR_GET_TIMERSLACK -> TIMERSLACK_NANOS;
            case PR_SET_CHILD_SUBREAPER -> {
                TaskCalls.setSubreaper(task, a != 0);
                yield 0;
            }
            case PR_GET_CHILD_SUBREAPER -> write(task, a, TaskCalls.isSubreaper(task) ? 1 : 0);
            case PR_SET_NO_NEW_PRIVS -> {
                if (a != 1 || b != 0 || c != 0 || d != 0) {
                    yield -Errno.EINVAL;
                }
                TaskCalls.setNoNewPrivileges(task);
                yield 0;
            }
            case PR_GET_NO_NEW_PRIVS ->
                    (a | b | c | d) != 0
                            ? -Errno.EINVAL
                            : TaskCalls.hasNoNewPrivileges(task) ? 1 : 0;
            case PR_CAPBSET_READ ->
                    a < 0 || a > 40 ? -Errno.EINVAL : task.credentials().bounding() >>> a & 1;
            case PR_CAPBSET_DROP -> dropBounding(task, a);
            case PR_CAP_AMBIENT -> ambient(task, (int) a, b);
            case PR_SET_VMA, PR_SET_MM, PR_GET_TID_ADDRESS -> -Errno.EINVAL;
            default -> -Errno.EINVAL;
        };
    }

    private static long write(Task task, long address, int value) {
        task.memory().writeInt(address, value);
        return 0;
    }

    private static long setName(Task task, long address) {
        byte[] bytes = new byte[NAME_BYTES];
        int length = 0;
        while (length < NAME_BYTES - 1
                && (bytes[length] = task.memory().readByte(address + length)) != 0) {
            length++;
        }
        task.setName(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        return 0;
    }

    private static long getName(Task task, long address) {
        byte[] name = task.name().getBytes(StandardCharsets.ISO_8859_1);
        task.memory().write(address, java.util.Arrays.copyOf(name, NAME_BYTES));
        return 0;
    }

    private static long dropBounding(Task task, long capability) {
        if (capability < 0 || capability > 40) {
            return -Errno.EINVAL;
        }
        Credentials old = task.credentials();
        if (!old.has(Credentials.CAP_SETPCAP)) {
            return -Errno.EPERM;
        }
        task.setCredentials(
                Ids.withCapabilities(
                        old,
                        old.effective(),
                        old.permitted(),
                        old.inheritable(),
                        old.bounding() & ~(1L << capability),
                        old.ambient()));
        return 0;
    }

    private static long ambient(Task task, int operation, long capability) {
        Credentials old = task.credentials();
        if (operation == PR_CAP_AMBIENT_CLEAR_ALL) {
            return setAmbient(task, old, 0);
        }
        if (capability < 0 || capability > 40) {
            return -Errno.EINVAL;
        }
        long bit = 1L << capability;
        return switch (operation) {
            case PR_CAP_AMBIENT_IS_SET -> (old.ambient() & bit) != 0 ? 1 : 0;
            case PR_CAP_AMBIENT_LOWER -> setAmbient(task, old, old.ambient() & ~bit);
            case PR_CAP_AMBIENT_RAISE ->
                    (old.permitted() & old.inheritable() & bit) == 0
                            ? -Errno.EPERM
                            : setAmbient(task, old, old.ambient() | bit);
            default -> -Errno.EINVAL;
        };
    }

    private static long setAmbient(Task task, Credentials old, long ambient) {
        task.setCredentials(
                Ids.withCapabilities(
                        old,
                        old.effective(),
                        old.permitted(),
                        old.inheritable(),
                        old.bounding(),
                        ambient));
        return 0;
    }

    @Syscall(nr = 92, missing = "any but PER_LINUX, ADDR_NO_RANDOMIZE, ADDR_COMPAT_LAYOUT (EINVAL)")
    static long personality(Task task, @Arg(HEX) long persona) {
        long old = task.personality();
        long value = persona & PERSONALITY_QUERY;
        if (value != PERSONALITY_QUERY) {
            if ((value & ~0x024_0000L) != 0) {
                return -Errno.EINVAL;
            }
            task.setPersonality(value);
        }
        return old;
    }
}
