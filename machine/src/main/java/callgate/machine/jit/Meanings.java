package callgate.machine.jit;

import callgate.machine.isa.Op;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassModel;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * The {@link Meaning} of every instruction, read once from the class files of the instructions'
 * definitions. Immutable.
 */
final class Meanings {
    private final Map<Op, Meaning> meanings = new EnumMap<>(Op.class);

    Meanings() {
        Map<Class<?>, ClassModel> families = new HashMap<>();
        for (Op op : Op.all()) {
            ClassModel family = families.computeIfAbsent(op.family(), Meanings::parse);
            meanings.put(op, new Meaning(op, family));
        }
    }

    Meaning of(Op op) {
        return meanings.get(op);
    }

    private static ClassModel parse(Class<?> family) {
        try (InputStream in = family.getResourceAsStream(family.getSimpleName() + ".class")) {
            return SpliceTemplate.parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the definitions of " + family, e);
        }
    }
}
