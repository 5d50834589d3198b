package callgate.machine.isa;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The annotated methods, for the generators and the tests that prove their output current. */
public final class Definitions {
    /** Families in the order of {@link Op}. */
    public static final List<Class<?>> FAMILIES =
            List.of(
                    IntegerInsns.class,
                    MultiplyInsns.class,
                    AtomicInsns.class,
                    FloatInsns.class,
                    DoubleInsns.class,
                    SystemInsns.class);

    /** One definition. */
    public record Definition(Class<?> family, Method method, Insn insn) {
        public int mask() {
            return parse(insn.bits(), '1', '1', '0');
        }

        public int match() {
            return parse(insn.bits(), '0', '1', '0');
        }

        /** The constant's name: {@code fcvtWuS} is FCVT_WU_S, as in its mnemonic. */
        public String constant() {
            return method.getName().equals("illegal")
                    ? "ILLEGAL"
                    : mnemonic().toUpperCase().replace('.', '_');
        }

        public String mnemonic() {
            return insn.asm().split(" ")[0];
        }

        public String parameters() {
            return Arrays.stream(method.getParameters())
                    .map(p -> p.getName())
                    .collect(Collectors.joining(" "));
        }

        private static int parse(String bits, char zeroAs, char one, char any) {
            String digits =
                    bits.replace(" ", "")
                            .chars()
                            .mapToObj(c -> String.valueOf(c == '.' ? any : c == '0' ? zeroAs : one))
                            .collect(Collectors.joining());
            if (digits.length() != 32) {
                throw new IllegalArgumentException("not 32 bits: " + bits);
            }
            return Integer.parseUnsignedInt(digits, 2);
        }
    }

    private Definitions() {}

    /**
     * All definitions: by family, then by opcode and the fixed bits, so that the order does not
     * depend on the JVM.
     */
    public static List<Definition> all() {
        List<Definition> all = new ArrayList<>();
        for (Class<?> family : FAMILIES) {
            Arrays.stream(family.getDeclaredMethods())
                    .filter(method -> method.isAnnotationPresent(Insn.class))
                    .map(method -> new Definition(family, method, method.getAnnotation(Insn.class)))
                    .sorted(
                            Comparator.<Definition>comparingInt(d -> d.match() & 0x7f)
                                    .thenComparing(
                                            (a, b) -> Integer.compareUnsigned(a.match(), b.match()))
                                    .thenComparing(Definition::constant))
                    .forEach(all::add);
        }
        return all;
    }
}
