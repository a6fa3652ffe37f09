package dev.agentpulse.job;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Who may know whom. Packages that never import each other meet in {@link AgentPulsePipeline}. */
@AnalyzeClasses(packages = "dev.agentpulse.job", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String JOB = "dev.agentpulse.job";
    private static final String MODEL = JOB + ".model";
    private static final String PGOUTPUT = "dev.agentpulse.pgoutput";
    private static final String CONFIG = JOB + ".config";
    private static final String TICK = JOB + ".tick";
    private static final String BACKFILL = JOB + ".backfill";
    private static final String AUDIT = JOB + ".audit";
    private static final String PREFLIGHT = JOB + ".preflight";
    private static final String AGGREGATE = "dev.agentpulse.udf.aggregate";

    @ArchTest
    static final ArchRule MODEL_KNOWS_NOTHING_ELSE = knowsOnly(MODEL, AGGREGATE);

    @ArchTest
    static final ArchRule CONFIG_KNOWS_THE_MODEL = knowsOnly(CONFIG, MODEL, AGGREGATE);

    @ArchTest
    static final ArchRule TICK_KNOWS_MODEL_AND_ALGEBRA = knowsOnly(TICK, MODEL, AGGREGATE);

    @ArchTest
    static final ArchRule BACKFILL_KNOWS_MODEL_AND_ALGEBRA = knowsOnly(BACKFILL, MODEL, PGOUTPUT, AGGREGATE);

    @ArchTest
    static final ArchRule PERFORMANCE_STANDS_ALONE = knowsOnly(JOB + ".performance", MODEL, CONFIG, TICK, AGGREGATE);

    @ArchTest
    static final ArchRule APPROVAL_STANDS_ALONE = knowsOnly(JOB + ".approval", MODEL, CONFIG, TICK, AGGREGATE);

    @ArchTest
    static final ArchRule FEEDBACK_STANDS_ALONE = knowsOnly(JOB + ".feedback", MODEL, CONFIG, TICK, AGGREGATE);

    @ArchTest
    static final ArchRule HISTORY_STANDS_ALONE = knowsOnly(JOB + ".history", MODEL, CONFIG, TICK, AGGREGATE);

    @ArchTest
    static final ArchRule OUTLOOK_STANDS_ALONE = knowsOnly(
            JOB + ".outlook",
            MODEL,
            CONFIG,
            TICK,
            AGGREGATE,
            "dev.agentpulse.udf.outlook",
            "dev.agentpulse.udf.anomaly");

    @ArchTest
    static final ArchRule ALERT_STANDS_ALONE = knowsOnly(JOB + ".alert", MODEL, CONFIG);

    @ArchTest
    static final ArchRule AUDIT_STANDS_ALONE = knowsOnly(AUDIT, MODEL, CONFIG, PREFLIGHT);

    @ArchTest
    static final ArchRule SOURCE_STANDS_ALONE =
            knowsOnly(JOB + ".source", MODEL, CONFIG, TICK, BACKFILL, PREFLIGHT, PGOUTPUT, AGGREGATE);

    @ArchTest
    static final ArchRule SINK_STANDS_ALONE =
            knowsOnly(JOB + ".sink", MODEL, CONFIG, AUDIT, BACKFILL, PREFLIGHT, PGOUTPUT, AGGREGATE);

    @ArchTest
    static final ArchRule PREFLIGHT_STANDS_ALONE = knowsOnly(PREFLIGHT, CONFIG, MODEL);

    /** They meet in the tables. */
    @ArchTest
    static final ArchRule NOTHING_KNOWS_THE_GATEWAY =
            noClasses().should().dependOnClassesThat().resideInAPackage("dev.agentpulse.gateway..");

    @ArchTest
    static final ArchRule ONLY_THE_SOURCE_KNOWS_THE_CONNECTOR = noClasses()
            .that()
            .resideOutsideOfPackage(JOB + ".source")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink.cdc..", "io.debezium..", "org.apache.kafka..");

    @ArchTest
    static final ArchRule NOTHING_IS_PRINTED = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(AgentPulseJob.class.getName())
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);

    @ArchTest
    static void everyPackageSaysWhatItIsForAndIsNullMarked(JavaClasses classes) {
        for (JavaPackage found : classes.getPackage(JOB).getSubpackagesInTree()) {
            if (!found.getClasses().isEmpty()) {
                assertThat(found.isAnnotatedWith(NullMarked.class))
                        .as(found.getName())
                        .isTrue();
            }
        }
    }

    private static ArchRule knowsOnly(String layer, String... others) {
        String[] allowed = Stream.concat(Stream.of(layer), Stream.of(others)).toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(layer)
                .should()
                .dependOnClassesThat(resideInAPackage("dev.agentpulse..").and(resideOutsideOfPackages(allowed)));
    }
}
