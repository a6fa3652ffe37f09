package dev.agentpulse.udf;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packagesOf = LayersTest.class, importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {

    @ArchTest
    static final ArchRule THE_ALGEBRA_NEEDS_THE_JDK_ONLY = classes()
            .that()
            .resideInAPackage("dev.agentpulse.udf.aggregate")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "dev.agentpulse.udf.aggregate");

    @ArchTest
    static final ArchRule LOOKING_AHEAD_NEEDS_THE_ALGEBRA_TOO = classes()
            .that()
            .resideInAPackage("dev.agentpulse.udf.outlook")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", "org.jspecify..", "dev.agentpulse.udf.outlook", "dev.agentpulse.udf.aggregate");

    @ArchTest
    static final ArchRule ANOMALIES_NEED_THE_JDK_ONLY = classes()
            .that()
            .resideInAPackage("dev.agentpulse.udf.anomaly")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "dev.agentpulse.udf.anomaly");
}
