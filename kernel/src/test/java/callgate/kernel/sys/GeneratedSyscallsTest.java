package callgate.kernel.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeneratedSyscallsTest {
    @Test
    void dispatcherAndDocumentAgreeWithTheDeclarations() throws Exception {
        Process check =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "dev/GenerateSyscalls.java",
                                "--check")
                        .directory(Path.of("..").toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor()).as(said).isZero();
    }

    @Test
    void everyDeclarationHasTheNameOfItsNumber() {
        SyscallNames names = new SyscallNames();
        Set<Integer> seen = new HashSet<>();
        for (Class<?> family : SyscallTable.FAMILIES) {
            for (Method method : family.getDeclaredMethods()) {
                Syscall call = method.getAnnotation(Syscall.class);
                if (call != null) {
                    assertThat(seen.add(call.nr()))
                            .as("number %d is declared once", call.nr())
                            .isTrue();
                    assertThat(method.getName().replaceAll("_$", ""))
                            .isEqualTo(names.name(call.nr()));
                }
            }
        }
        assertThat(seen).hasSizeGreaterThan(200);
    }

    @Test
    void numbersWithoutACallAreEnosys() {
        assertThat(SyscallTable.dispatch(null, new long[33], 467)).isEqualTo(-38);
        assertThat(SyscallTable.dispatch(null, new long[33], -1)).isEqualTo(-38);
        assertThat(SyscallTable.dispatch(null, new long[33], Integer.MAX_VALUE)).isEqualTo(-38);
        assertThat(new SyscallNames().name(467)).isEqualTo("open_tree_attr");
        assertThat(new SyscallNames().name(250)).isEqualTo("syscall_250");
    }
}
