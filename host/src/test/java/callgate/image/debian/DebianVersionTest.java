package callgate.image.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DebianVersionTest {
    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0, 0",
        "1.0, 1.1, -1",
        "1.2, 1.10, -1",
        "1.0~rc1, 1.0, -1",
        "1.0~~, 1.0~, -1",
        "1.0, 1.0a, -1",
        "1.0a, 1.0+, -1",
        "1:0.1, 2.0, 1",
        "0:1, 1, 0",
        "1.0-1, 1.0-2, -1",
        "1.0, 1.0-0, 0",
        "1.0-1, 1.0-1+b1, -1",
        "1.0-1~deb13u1, 1.0-1, -1",
        "2025.01, 2025.1, 0",
        "1.0-1-1, 1.0-1-2, -1",
        "1.0, 1.0.0, -1",
        "a, 1, 1",
        "99999999999999999999999, 100000000000000000000000, -1",
        "1.3.dfsg+really1.3.1-1, 1.3.dfsg-1, 1",
    })
    void versionsAreOrderedAsThePolicySays(String first, String second, int order) {
        assertThat(Integer.signum(DebianVersion.compare(first, second))).isEqualTo(order);
        assertThat(Integer.signum(DebianVersion.compare(second, first))).isEqualTo(-order);
    }

    @Test
    void theOrderIsTheOneOfDpkg() throws Exception {
        boolean present = Files.isExecutable(Path.of("/usr/bin/dpkg"));
        assumeTrue(present, "dpkg is not installed");
        long seed = 42;
        Random random = new Random(seed);
        for (int i = 0; i < 150; i++) {
            String first = version(random);
            String second =
                    random.nextInt(3) == 0 ? first + "~" + random.nextInt(3) : version(random);
            int order = DebianVersion.compare(first, second);
            String relation = order < 0 ? "lt" : order > 0 ? "gt" : "eq";
            int exit =
                    new ProcessBuilder(
                                    "/usr/bin/dpkg", "--compare-versions", first, relation, second)
                            .inheritIO()
                            .start()
                            .waitFor();
            assertThat(exit).as("%s %s %s (seed %d)", first, relation, second, seed).isZero();
        }
    }

    private static String version(Random random) {
        List<String> parts =
                List.of("0", "1", "10", "01", ".", "~", "+", "a", "b", "rc", ".2", "-1", "-0");
        StringBuilder version =
                new StringBuilder(random.nextInt(4) == 0 ? "1:" : "").append(random.nextInt(3));
        for (int i = random.nextInt(5); i > 0; i--) {
            version.append(parts.get(random.nextInt(parts.size())));
        }
        return version.append(version.toString().endsWith("-") ? "1" : "").toString();
    }
}
