package callgate.kernel.mm.exec;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mman;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.Layout;
import callgate.kernel.mm.UserMemory;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The stack that a program starts with, laid out as Linux does:
 *
 * <pre>
 *   STACK_TOP  8 zero bytes
 *              path (AT_EXECFN)
 *              environment strings
 *              argument strings
 *              16 random bytes (AT_RANDOM), after alignment
 *              auxiliary vector
 *              envp[], NULL
 *              argv[], NULL
 *   sp         argc                      (a multiple of 16)
 * </pre>
 */
final class InitialStack {
    /** Longest argument or environment string with its NUL: 32 pages. */
    static final int MAX_STRING_BYTES = 32 << 12;

    private static final long SMALLEST_LIMIT = 32L << 12;
    private static final long LARGEST_LIMIT = (8L << 20) / 4 * 3;
    private static final long EXTRA_BYTES = 128 << 10;
    private static final int RANDOM_BYTES = 16;

    private final AddressSpace space;
    private final UserMemory memory;
    private long position = Layout.STACK_TOP - 8;
    private long pathAddress;
    private long[] argumentAddresses;
    private long[] environmentAddresses;

    InitialStack(AddressSpace space) {
        this.space = space;
        memory = space.user();
    }

    /**
     * Bytes of all strings and pointers; throws E2BIG if they exceed what exec allows for a stack
     * limit.
     */
    static long checkSize(
            String path, List<String> arguments, List<String> environment, long stackLimit) {
        long limit = Math.max(SMALLEST_LIMIT, Math.min(stackLimit / 4, LARGEST_LIMIT));
        long bytes = 8L * (arguments.size() + environment.size());
        bytes += path.length() + 1;
        for (List<String> strings : List.of(arguments, environment)) {
            for (String string : strings) {
                if (string.length() >= MAX_STRING_BYTES) {
                    throw new ErrnoException(Errno.E2BIG);
                }
                bytes += string.length() + 1;
                if (bytes > limit) {
                    throw new ErrnoException(Errno.E2BIG);
                }
            }
        }
        return bytes;
    }

    /** Maps the stack and copies the strings; throws ENOMEM if that is not possible. */
    void writeStrings(
            String path,
            List<String> arguments,
            List<String> environment,
            long size,
            ElfFile.StackRights rights) {
        long bytes = size + EXTRA_BYTES + 4095 & -4096L;
        int protection =
                Mman.PROT_READ
                        | Mman.PROT_WRITE
                        | (rights == ElfFile.StackRights.EXECUTABLE ? Mman.PROT_EXEC : 0);
        int flags = Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED | Mman.MAP_GROWSDOWN;
        long result =
                space.mapNamed(
                        Layout.STACK_TOP - bytes, bytes, protection, flags, null, 0, "[stack]");
        if (result < 0) {
            throw new ErrnoException((int) -result);
        }
        pathAddress = push(path);
        Layout layout = space.layout();
        layout.environmentEnd = pathAddress;
        environmentAddresses = pushAll(environment);
        layout.environmentStart = position;
        layout.argumentsEnd = position;
        argumentAddresses = pushAll(arguments);
        layout.argumentsStart = position;
    }

    private long push(String string) {
        byte[] bytes = string.getBytes(StandardCharsets.ISO_8859_1);
        position -= bytes.length + 1;
        memory.write(position, bytes);
        memory.writeByte(position + bytes.length, 0);
        return position;
    }

    /** From the last to the first, so that the first lies lowest. */
    private long[] pushAll(List<String> strings) {
        long[] addresses = new long[strings.size()];
        for (int i = strings.size() - 1; i >= 0; i--) {
            addresses[i] = push(strings.get(i));
        }
        return addresses;
    }

    /** Writes the tables below the strings; returns the stack pointer. */
    long writeTables(byte[] random, AuxiliaryVector auxiliary) {
        position = (position & -16L) - RANDOM_BYTES;
        memory.write(position, random, 0, RANDOM_BYTES);
        auxiliary
                .add(AuxiliaryVector.AT_RANDOM, position)
                .add(AuxiliaryVector.AT_EXECFN, pathAddress);
        long[] vector = auxiliary.words();
        int words =
                1 + argumentAddresses.length + 1 + environmentAddresses.length + 1 + vector.length;
        long stackPointer = position - 8L * words & -16L;
        long at = stackPointer;
        memory.writeLong(at, argumentAddresses.length);
        at = writeAll(at + 8, argumentAddresses);
        memory.writeLong(at, 0);
        at = writeAll(at + 8, environmentAddresses);
        memory.writeLong(at, 0);
        writeAll(at + 8, vector);
        space.layout().stackStart = stackPointer;
        space.layout().auxiliaryVector = vector;
        return stackPointer;
    }

    private long writeAll(long at, long[] words) {
        for (long word : words) {
            memory.writeLong(at, word);
            at += 8;
        }
        return at;
    }
}
