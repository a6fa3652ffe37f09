package dev.agentpulse.local;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Who may know whom: three houses on one ground, the command line on top. */
@AnalyzeClasses(packages = "dev.agentpulse.local", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String GROUND = "dev.agentpulse.local";
    private static final String STACK = GROUND + ".stack..";
    private static final String DATABASE = GROUND + ".stack.database";
    private static final String FLINK = GROUND + ".stack.flink";
    private static final String TRAFFIC = GROUND + ".stack.traffic";
    private static final String SUMMARY = GROUND + ".stack.summary";
    private static final String AUDIT = GROUND + ".stack.audit";
    private static final String REPORT = GROUND + ".stack.report";
    private static final String DEMO = GROUND + ".stack.demo";
    private static final String CLUSTER = GROUND + ".cluster";
    private static final String CHAOS = GROUND + ".chaos..";
    private static final String CLI = GROUND + ".cli";
    private static final String GATEWAY = "dev.agentpulse.gateway";

    @ArchTest
    static final ArchRule GROUND_STANDS_ALONE = knowsOnly(GROUND);

    @ArchTest
    static final ArchRule STACK_KNOWS_NO_OTHER_HOUSE = knowsOnly(STACK, GROUND);

    @ArchTest
    static final ArchRule DATABASE_STANDS_ALONE = knowsOnly(DATABASE, GROUND);

    @ArchTest
    static final ArchRule FLINK_KNOWS_THE_DATABASE = knowsOnly(FLINK, GROUND, DATABASE);

    @ArchTest
    static final ArchRule TRAFFIC_KNOWS_THE_DATABASE = knowsOnly(TRAFFIC, GROUND, DATABASE);

    @ArchTest
    static final ArchRule SUMMARY_KNOWS_THE_DATABASE = knowsOnly(SUMMARY, GROUND, DATABASE);

    @ArchTest
    static final ArchRule AUDIT_READS_BY_A_CONNECTION_ALONE = knowsOnly(AUDIT, GROUND);

    @ArchTest
    static final ArchRule REPORT_READS_THE_DATABASE = knowsOnly(REPORT, GROUND, DATABASE, AUDIT);

    @ArchTest
    static final ArchRule CLUSTER_KNOWS_THE_DATABASE = knowsOnly(CLUSTER, GROUND, DATABASE);

    @ArchTest
    static final ArchRule CHAOS_KNOWS_WHAT_IT_STRIKES = knowsOnly(CHAOS, GROUND, CLUSTER, DATABASE, FLINK, TRAFFIC);

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_READS_ARGUMENTS = noClasses()
            .that()
            .resideOutsideOfPackage(CLI)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule ONLY_CHAOS_PROVES = noClasses()
            .that()
            .resideOutsideOfPackage(CHAOS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.agentpulse.proof");

    @ArchTest
    static final ArchRule ONLY_THE_DEMO_SERVES_THE_PAGE = noClasses()
            .that()
            .resideOutsideOfPackages(DEMO, CLI)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(GATEWAY + "..");

    /** Of the job, the local stack uses what its users use: the job, its options, its preflight; of the gateway the same. */
    @ArchTest
    static final ArchRule THE_JOB_IS_USED_FROM_OUTSIDE = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("dev.agentpulse..")
                    .and(resideOutsideOfPackages(
                            GROUND + "..",
                            "dev.agentpulse.proof",
                            GATEWAY,
                            GATEWAY + ".web",
                            "dev.agentpulse.job",
                            "dev.agentpulse.job.config",
                            "dev.agentpulse.job.preflight")));

    @ArchTest
    static void noNameIsBorneTwice(JavaClasses classes) {
        assertThat(classes.stream()
                        .filter(JavaClass::isTopLevelClass)
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .collect(Collectors.groupingBy(JavaClass::getSimpleName, Collectors.counting())))
                .allSatisfy((name, times) -> assertThat(times).as(name).isEqualTo(1));
    }

    @ArchTest
    static void everyPackageSaysWhatItIsForAndIsNullMarked(JavaClasses classes) {
        Stream.concat(Stream.of(classes.getPackage(GROUND)), classes.getPackage(GROUND).getSubpackagesInTree().stream())
                .filter(found -> !found.getClasses().isEmpty())
                .forEach(found -> assertThat(found.isAnnotatedWith(NullMarked.class))
                        .as(found.getName())
                        .isTrue());
    }

    private static ArchRule knowsOnly(String house, String... others) {
        String[] allowed = Stream.concat(Stream.of(house), Stream.of(others)).toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(house)
                .should()
                .dependOnClassesThat(resideInAPackage(GROUND + "..").and(resideOutsideOfPackages(allowed)));
    }
}
