package callgate.machine.isa;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.machine.isa.Definitions.Definition;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DefinitionsTest {
    @Test
    void opIsWhatTheGeneratorWrites() throws IOException {
        assertThat(Files.readString(OpGenerator.OUTPUT))
                .as("Op.java is out of date: run OpGenerator, then InterpreterGenerator")
                .isEqualTo(OpGenerator.generate());
    }

    @Test
    void noTwoDefinitionsShareAnEncoding() {
        List<Definition> all = Definitions.all();
        for (Definition a : all) {
            for (Definition b : all) {
                boolean overlap = a != b && ((a.match() ^ b.match()) & a.mask() & b.mask()) == 0;
                assertThat(overlap).as("%s and %s", a.constant(), b.constant()).isFalse();
            }
        }
    }

    @Test
    void everyParameterAndResultFitsTheSyntax() {
        for (Definition d : Definitions.all()) {
            String asm = d.insn().asm();
            for (var parameter : d.method().getParameters()) {
                String name = parameter.getName();
                if (name.matches("rs[12]|fs[123]|shamt|csr|uimm|rm")) {
                    assertThat(asm).as(d.constant()).contains(name);
                }
            }
            Class<?> type = d.method().getReturnType();
            assertThat(type == long.class)
                    .as(d.constant())
                    .isEqualTo(asm.matches("\\S+ [rf]d\\b.*"));
        }
    }

    @Test
    void theBaseAndItsExtensionsAreComplete() {
        // Unprivileged specification, "RV32/64G Instruction Set Listings": RV64I 52 with FENCE,
        // ECALL and EBREAK, M 13, A 22, F 30, D 32
        // (of which FCVT.S.D stands with the single precision ones here), Zicsr 6, Zifencei 1; and
        // one that stands for what is illegal.
        var sizes =
                Definitions.all().stream()
                        .collect(Collectors.groupingBy(Definition::family, Collectors.counting()));
        assertThat(sizes)
                .containsEntry(IntegerInsns.class, 49L)
                .containsEntry(MultiplyInsns.class, 13L)
                .containsEntry(AtomicInsns.class, 22L)
                .containsEntry(FloatInsns.class, 31L)
                .containsEntry(DoubleInsns.class, 31L)
                .containsEntry(SystemInsns.class, 3L + 6 + 1 + 1);
    }
}
