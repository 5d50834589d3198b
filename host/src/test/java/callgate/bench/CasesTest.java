package callgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CasesTest {
    private static final Path ROOT = Path.of("..");

    @Test
    void theDocumentExplainsExactlyTheDeclaredCases() throws IOException {
        assertThat(Files.readString(ROOT.resolve("docs/BENCHMARKS.md")))
                .as("docs/BENCHMARKS.md must have what `./callgate bench --list` prints")
                .contains(Cases.explanation());
    }

    @Test
    void everySuiteHasCasesWithDifferentNames() {
        for (Suite suite : Suite.values()) {
            List<String> names = Cases.of(suite).stream().map(BenchCase::name).toList();
            assertThat(names).isNotEmpty().doesNotHaveDuplicates();
        }
    }

    @Test
    void everyOperationOfTheProgramIsACase() throws IOException {
        assertThat(casesOf("osbench"))
                .isEqualTo(declared("osbench.c", "(?m)^    \\{\"([a-z0-9_-]+)\", "));
    }

    @Test
    void everyKernelOfTheProgramIsACase() throws IOException {
        assertThat(casesOf("bench"))
                .isEqualTo(declared("bench.c", "\\{\"([a-z0-9]+)\", \\w+_kernel"));
    }

    private static TreeSet<String> casesOf(String program) {
        TreeSet<String> names = new TreeSet<>();
        for (Suite suite : Suite.values()) {
            for (BenchCase it : Cases.of(suite)) {
                if (it.work() instanceof Work.Built built && built.program().equals(program)) {
                    names.add(built.arguments().getFirst());
                }
            }
        }
        return names;
    }

    private static TreeSet<String> declared(String file, String pattern) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        Pattern.compile(pattern)
                .matcher(Files.readString(ROOT.resolve("guest/bench").resolve(file)))
                .results()
                .forEach(it -> names.add(it.group(1)));
        return names;
    }
}
