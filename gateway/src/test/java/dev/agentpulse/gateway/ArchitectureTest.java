package dev.agentpulse.gateway;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import org.jspecify.annotations.NullMarked;

/** Who may know whom. Packages that never import each other meet in {@link Gateway}. */
@AnalyzeClasses(packages = "dev.agentpulse.gateway", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String GATEWAY = "dev.agentpulse.gateway";
    private static final String PROTOCOL = GATEWAY + ".protocol";
    private static final String PGOUTPUT = "dev.agentpulse.pgoutput";

    @ArchTest
    static final ArchRule PROTOCOL_KNOWS_THE_JDK_AND_JACKSON = classes()
            .that()
            .resideInAPackage(PROTOCOL)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(PROTOCOL, "java..", "com.fasterxml.jackson..", "org.jspecify..");

    @ArchTest
    static final ArchRule LISTEN_STANDS_ALONE = knowsOnly(GATEWAY + ".listen", PROTOCOL, PGOUTPUT);

    @ArchTest
    static final ArchRule SNAPSHOT_STANDS_ALONE = knowsOnly(GATEWAY + ".snapshot", PROTOCOL);

    @ArchTest
    static final ArchRule WEB_STANDS_ALONE = knowsOnly(GATEWAY + ".web", PROTOCOL);

    @ArchTest
    static final ArchRule ONLY_THE_WEB_KNOWS_HTTP = noClasses()
            .that()
            .resideInAnyPackage(GATEWAY + ".listen", GATEWAY + ".snapshot")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.ext.web..", "io.vertx.core.http..");

    @ArchTest
    static final ArchRule NOTHING_IS_PRINTED = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(GatewayMain.class.getName())
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);

    @ArchTest
    static void everyPackageSaysWhatItIsForAndIsNullMarked(JavaClasses classes) {
        for (JavaPackage found : classes.getPackage(GATEWAY).getSubpackagesInTree()) {
            if (!found.getClasses().isEmpty()) {
                assertThat(found.isAnnotatedWith(NullMarked.class))
                        .as(found.getName())
                        .isTrue();
            }
        }
    }

    private static ArchRule knowsOnly(String layer, String... others) {
        String[] allowed = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(layer), java.util.stream.Stream.of(others))
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(layer)
                .should()
                .dependOnClassesThat(resideInAPackage("dev.agentpulse..").and(resideOutsideOfPackages(allowed)));
    }
}
