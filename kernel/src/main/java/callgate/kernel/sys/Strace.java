package callgate.kernel.sys;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.task.SignalInfo;
import callgate.kernel.task.Task;
import callgate.kernel.task.Trace;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Writes a line for each system call, like strace(1), by the declarations. Thread-safe. */
final class Strace implements Trace {
    private static final int FIRST_ARGUMENT = 10;
    private static final int REGISTERS = 6;
    private static final int SHOWN_BYTES = 32;
    private static final int SHOWN_PATH_BYTES = 4096;

    private final Consumer<String> sink;
    private final SyscallNames names = new SyscallNames();
    private final Map<Integer, Signature> signatures = new TreeMap<>();

    /** Kinds of a call's arguments (null for plain numbers), and which of them are ints. */
    private record Signature(List<Arg.Kind> kinds, List<Class<?>> types) {}

    Strace(Consumer<String> sink) {
        this.sink = sink;
        for (Class<?> family : SyscallTable.FAMILIES) {
            for (Method method : family.getDeclaredMethods()) {
                Syscall call = method.getAnnotation(Syscall.class);
                if (call != null) {
                    signatures.put(call.nr(), signature(method));
                }
            }
        }
    }

    private static Signature signature(Method method) {
        List<Arg.Kind> kinds = new ArrayList<>();
        List<Class<?>> types = new ArrayList<>();
        for (Parameter parameter : method.getParameters()) {
            if (parameter.getType() != Task.class) {
                Arg arg = parameter.getAnnotation(Arg.class);
                kinds.add(arg == null ? null : arg.value());
                types.add(parameter.getType());
            }
        }
        return new Signature(kinds, types);
    }

    long call(Task task, long[] x, int number) {
        Signature signature = signatures.get(number);
        long[] values = new long[REGISTERS];
        System.arraycopy(x, FIRST_ARGUMENT, values, 0, REGISTERS);
        String before = prefix(task) + names.name(number) + "(";
        if (signature == null) {
            sink.accept(
                    before
                            + hexadecimal(values)
                            + ") = -1 ENOSYS ("
                            + Errno.text(Errno.ENOSYS)
                            + ")");
            return -Errno.ENOSYS;
        }
        List<Arg.Kind> kinds = signature.kinds;
        for (int i = 0; i < kinds.size(); i++) {
            if (signature.types.get(i) == int.class) {
                values[i] = kinds.get(i) == null ? (int) values[i] : values[i] & 0xffff_ffffL;
            }
        }
        // inputs are shown as they were before the call, outputs as they are after it
        String[] shown = new String[kinds.size()];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = kinds.get(i) == Arg.Kind.BYTES_OUT ? null : show(task, kinds, values, i, 0);
        }
        long result;
        try {
            result = SyscallTable.dispatch(task, x, number);
        } catch (ErrnoException error) {
            result = -error.errno();
        }
        for (int i = 0; i < shown.length; i++) {
            if (shown[i] == null) {
                shown[i] = show(task, kinds, values, i, result);
            }
        }
        sink.accept(before + String.join(", ", shown) + ") = " + result(result));
        return result;
    }

    private static String prefix(Task task) {
        return "[pid " + task.tid() + "] ";
    }

    private static String hexadecimal(long[] values) {
        StringBuilder out = new StringBuilder();
        for (long value : values) {
            out.append(out.isEmpty() ? "0x" : ", 0x").append(Long.toHexString(value));
        }
        return out.toString();
    }

    private static String result(long result) {
        if (result >= 0 || result < -4095) {
            return result > 0xffff_ffffL || result < 0
                    ? "0x" + Long.toHexString(result)
                    : Long.toString(result);
        }
        int errno = (int) -result;
        if (errno >= Errno.ERESTARTSYS && errno <= Errno.ERESTART_RESTARTBLOCK) {
            return "? " + Errno.name(errno) + " (interrupted)";
        }
        return "-1 " + Errno.name(errno) + " (" + Errno.text(errno) + ")";
    }

    private static String show(
            Task task, List<Arg.Kind> kinds, long[] values, int index, long result) {
        long value = values[index];
        Arg.Kind kind = kinds.get(index);
        if (kind == null) {
            return Long.toString(value);
        }
        return switch (kind) {
            case FD ->
                    (int) value == callgate.kernel.abi.AtFlags.AT_FDCWD
                            ? "AT_FDCWD"
                            : Integer.toString((int) value);
            case PATH -> path(task, value);
            case BYTES_IN -> bytes(task, value, index + 1 < values.length ? values[index + 1] : 0);
            case BYTES_OUT -> result < 0 ? address(value) : bytes(task, value, result);
            case ADDRESS -> address(value);
            case HEX -> "0x" + Long.toHexString(value);
            case OCTAL -> "0" + Long.toOctalString(value & 0xffff_ffffL);
            case SIGNAL -> signal((int) value);
            case OPEN_FLAGS -> openFlags((int) value);
        };
    }

    private static String address(long value) {
        return value == 0 ? "NULL" : "0x" + Long.toHexString(value);
    }

    private static String path(Task task, long address) {
        if (address == 0) {
            return "NULL";
        }
        try {
            String text = task.memory().readString(address, SHOWN_PATH_BYTES);
            return text == null ? address(address) : quote(text, false);
        } catch (ErrnoException unreadable) {
            return address(address);
        }
    }

    private static String bytes(Task task, long address, long length) {
        if (address == 0) {
            return "NULL";
        }
        int count = (int) Math.clamp(length, 0, SHOWN_BYTES);
        try {
            byte[] bytes = task.memory().read(address, count);
            return quote(
                    new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1),
                    length > count);
        } catch (ErrnoException unreadable) {
            return address(address);
        }
    }

    private static String quote(String text, boolean cut) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c < ' ' || c >= 0x7f) {
                        out.append('\\').append(Integer.toOctalString(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append(cut ? "\"..." : "\"").toString();
    }

    private static String signal(int number) {
        return callgate.kernel.abi.Signals.name(number);
    }

    private static final String[] OPEN_FLAG_NAMES = {
        "O_CREAT",
        "0100",
        "O_EXCL",
        "0200",
        "O_NOCTTY",
        "0400",
        "O_TRUNC",
        "01000",
        "O_APPEND",
        "02000",
        "O_NONBLOCK",
        "04000",
        "O_DIRECT",
        "040000",
        "O_LARGEFILE",
        "0100000",
        "O_DIRECTORY",
        "0200000",
        "O_NOFOLLOW",
        "0400000",
        "O_NOATIME",
        "01000000",
        "O_CLOEXEC",
        "02000000",
        "O_PATH",
        "010000000"
    };

    private static String openFlags(int flags) {
        StringBuilder out =
                new StringBuilder(
                        switch (flags & 3) {
                            case 0 -> "O_RDONLY";
                            case 1 -> "O_WRONLY";
                            default -> "O_RDWR";
                        });
        int left = flags & ~3;
        for (int i = 0; i < OPEN_FLAG_NAMES.length; i += 2) {
            int bit = Integer.parseInt(OPEN_FLAG_NAMES[i + 1], 8);
            if ((left & bit) != 0) {
                out.append('|').append(OPEN_FLAG_NAMES[i]);
                left &= ~bit;
            }
        }
        return left == 0
                ? out.toString()
                : out.append("|0").append(Integer.toOctalString(left)).toString();
    }

    // ---- signals and ends ----

    @Override
    public void signal(Task task, SignalInfo info) {
        sink.accept(
                prefix(task)
                        + "--- "
                        + signal(info.signal())
                        + " {si_code="
                        + info.code()
                        + (info.code() <= 0
                                ? ", si_pid=" + info.pid() + ", si_uid=" + info.uid()
                                : "")
                        + "} ---");
    }

    @Override
    public void exit(Task task) {
        int status = task.endStatus();
        boolean killed = (status & 0x7f) != 0;
        sink.accept(
                prefix(task)
                        + (killed
                                ? "+++ killed by " + signal(status & 0x7f) + " +++"
                                : "+++ exited with " + (status >> 8 & 0xff) + " +++"));
    }
}
