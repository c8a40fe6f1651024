package dev.kiroku.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Enforces the architecture in docs/design.md: dependencies between modules, no cycles, no mutable static fields. */
class ArchitectureTest {
    private static final String ROOT = "dev.kiroku.";

    /** The modules that each module may depend on. The command line may depend on all. */
    static final Map<String, List<String>> ALLOWED_DEPENDENCIES = new TreeMap<>(Map.of(
            "model", List.of(),
            "wire", List.of("model"),
            "http", List.of("model"),
            "core", List.of("model"),
            "stores", List.of("model", "core"),
            "artifacts", List.of("model", "core"),
            "server", List.of("model", "wire", "http", "core"),
            "client", List.of("model", "wire"),
            "transfer", List.of("model", "wire", "client", "core"),
            "serving", List.of("model", "http", "client", "core")));

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.kiroku");

    @Test
    void importsEveryModule() {
        for (String module : ALLOWED_DEPENDENCIES.keySet()) {
            assertTrue(classes.stream().anyMatch(c -> c.getPackageName().startsWith(ROOT + module)), module);
        }
    }

    @Test
    void modulesDependOnAllowedModulesOnly() {
        ALLOWED_DEPENDENCIES.forEach((module, known) -> {
            List<String> allowed = new ArrayList<>(known);
            allowed.add(module);
            String[] others = Stream.concat(ALLOWED_DEPENDENCIES.keySet().stream(), Stream.of("cli"))
                    .filter(other -> !allowed.contains(other))
                    .map(other -> ROOT + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + module + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .because("docs/design.md allows no other dependencies between modules")
                    .check(classes);
        });
    }

    @Test
    void modelDependsOnTheJdkOnly() {
        classes()
                .that()
                .resideInAPackage(ROOT + "model..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(ROOT + "model..", "java..", "org.jspecify.annotations")
                .check(classes);
    }

    @Test
    void packagesAreFreeOfCycles() {
        List<String> modules = new ArrayList<>(ALLOWED_DEPENDENCIES.keySet());
        modules.add("cli");
        for (String module : modules) {
            slices().matching(ROOT + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .allowEmptyShould(true)
                    .check(classes);
        }
    }

    /** Classes of a package that need each other have no order of reading. Nested classes belong to the class that encloses them. */
    @Test
    void classesDoNotFormCycles() {
        for (String part : List.of(
                "wire",
                "http",
                "client",
                "core.artifacts",
                "core.registry",
                "core.search",
                "core.tracking",
                "cli.command",
                "serving.http",
                "serving.worker",
                "stores.dialect",
                "stores.registry",
                "stores.tracking",
                "artifacts",
                "server")) {
            slices().assignedFrom(new OutermostClasses(ROOT + part + "."))
                    .should()
                    .beFreeOfCycles()
                    .check(classes);
        }
    }

    /** One slice per outermost class of a package and its subpackages. */
    private record OutermostClasses(String prefix) implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            JavaClass outermost = type;
            while (outermost.getEnclosingClass().isPresent()) {
                outermost = outermost.getEnclosingClass().get();
            }
            return outermost.getName().startsWith(prefix)
                    ? SliceIdentifier.of(outermost.getName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "classes of " + prefix;
        }
    }

    @Test
    void subpackagesOfServerDoNotDependOnItsRoot() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "server.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "server")
                .check(classes);
    }

    @Test
    void staticFieldsAreImmutable() {
        fields().that().areStatic().should().beFinal().check(classes);
        noFields()
                .that()
                .areStatic()
                .should()
                .haveRawType(assignableTo(ConcurrentMap.class))
                .orShould()
                .haveRawType(assignableTo(ThreadLocal.class))
                .orShould()
                .haveRawType(resideInAPackage("java.util.concurrent.atomic.."))
                .check(classes);
    }
}
