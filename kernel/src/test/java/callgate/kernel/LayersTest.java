package callgate.kernel;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of the kernel's packages, and what no package may do; see docs/ARCHITECTURE.md. */
class LayersTest {
    /** Lowest first; packages of one line may use each other. */
    private static final List<List<String>> LAYERS =
            List.of(
                    List.of("abi"),
                    List.of("wait"),
                    List.of("mm", "mm.exec"),
                    List.of("vfs"),
                    List.of(
                            "fs.tmpfs",
                            "fs.tar",
                            "fs.overlay",
                            "fs.host",
                            "fs.dev",
                            "fs.heap",
                            "ipc",
                            "net",
                            "tty"),
                    List.of("task"),
                    List.of("fs.proc"),
                    List.of("sys"));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("callgate.kernel");

    @Test
    void packagesUseOnlyLowerLayers() {
        for (int layer = 0; layer < LAYERS.size(); layer++) {
            String[] own = packages(LAYERS.get(layer));
            for (int above = layer + 1; above < LAYERS.size(); above++) {
                noClasses()
                        .that()
                        .resideInAnyPackage(own)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(packages(LAYERS.get(above)))
                        .check(CLASSES);
            }
            noClasses()
                    .that()
                    .resideInAnyPackage(own)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("callgate.kernel")
                    .check(CLASSES);
        }
    }

    private static String[] packages(List<String> names) {
        return names.stream().map(name -> "callgate.kernel." + name).toArray(String[]::new);
    }

    @Test
    void everyPackageHasItsLayer() {
        String[] known =
                LAYERS.stream()
                        .flatMap(List::stream)
                        .map(name -> "callgate.kernel." + name)
                        .toArray(String[]::new);
        noClasses()
                .that(resideInAPackage("callgate.kernel.."))
                .should()
                .resideOutsideOfPackages(concat(known, "callgate.kernel"))
                .check(CLASSES);
    }

    private static String[] concat(String[] first, String last) {
        String[] all = java.util.Arrays.copyOf(first, first.length + 1);
        all[first.length] = last;
        return all;
    }

    @Test
    void timeRandomnessAndThreadsComeThroughTheSeamsOnly() {
        DescribedPredicate<JavaClass> outside =
                DescribedPredicate.not(
                        resideInAnyPackage("callgate.kernel.wait")
                                .and(
                                        DescribedPredicate.describe(
                                                "Host*",
                                                it -> it.getSimpleName().startsWith("Host"))));
        var others = noClasses().that(outside);
        others.should().callMethod(System.class, "nanoTime").check(CLASSES);
        others.should().callMethod(System.class, "currentTimeMillis").check(CLASSES);
        others.should().callMethod(Thread.class, "sleep", long.class).check(CLASSES);
        others.should()
                .dependOnClassesThat()
                .belongToAnyOf(java.util.Random.class, java.security.SecureRandom.class)
                .check(CLASSES);
        others.should().dependOnClassesThat().belongToAnyOf(java.time.Instant.class).check(CLASSES);
    }

    @Test
    void onlyMemoryPackagesTouchRawMemory() {
        noClasses()
                .that()
                .resideOutsideOfPackages("callgate.kernel.mm", "callgate.kernel.mm.exec")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("callgate.machine.memory.RawMemory")
                .check(CLASSES);
    }

    @Test
    void thereIsNoStaticMutableState() {
        ArchRuleDefinition.fields()
                .should(
                        new ArchCondition<JavaField>("be final if static") {
                            @Override
                            public void check(JavaField field, ConditionEvents events) {
                                boolean bad =
                                        field.getModifiers().contains(JavaModifier.STATIC)
                                                && !field.getModifiers()
                                                        .contains(JavaModifier.FINAL)
                                                && !field.getModifiers()
                                                        .contains(JavaModifier.SYNTHETIC);
                                if (bad) {
                                    events.add(
                                            SimpleConditionEvent.violated(
                                                    field,
                                                    field.getFullName()
                                                            + " is static and not final"));
                                }
                            }
                        })
                .check(CLASSES);
    }
}
