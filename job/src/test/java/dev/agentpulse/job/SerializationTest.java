package dev.agentpulse.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.agentpulse.udf.aggregate.ApprovalEvent;
import dev.agentpulse.udf.aggregate.FeedbackEvent;
import dev.agentpulse.udf.aggregate.QueryEvent;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever crosses operators or lies in state is a public record that Flink serializes field by field. Found, not
 * listed: a public record of the job is one of these, unless it is named here.
 */
class SerializationTest {

    /** Public records that never leave the client or one operator. */
    private static final Set<String> STAYING = Set.of(
            "dev.agentpulse.job.AgentPulsePipeline$Sinks",
            "dev.agentpulse.job.AgentPulsePipeline$Sources",
            "dev.agentpulse.job.audit.AuditResult",
            "dev.agentpulse.job.audit.AuditResult$WrongRow",
            "dev.agentpulse.job.audit.AuditUnit",
            "dev.agentpulse.job.audit.DailyQuality$Check",
            "dev.agentpulse.job.audit.DailyQuality$Task",
            "dev.agentpulse.job.backfill.HistorySeam$Range",
            "dev.agentpulse.job.config.AlertConfig",
            "dev.agentpulse.job.config.DatabaseConfig",
            "dev.agentpulse.job.config.HistoryConfig",
            "dev.agentpulse.job.config.JobConfig",
            "dev.agentpulse.job.config.LastingOptions",
            "dev.agentpulse.job.config.RetentionConfig",
            "dev.agentpulse.job.config.SourceConfig",
            "dev.agentpulse.job.config.WindowConfig",
            "dev.agentpulse.job.config.TableName",
            "dev.agentpulse.job.preflight.Finding",
            "dev.agentpulse.job.preflight.SourceShape",
            "dev.agentpulse.job.preflight.SourceWatch$Report");

    static Stream<Class<?>> records() {
        Stream<Class<?>> ofTheJob = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.agentpulse.job")
                        .stream()
                        .filter(JavaClass::isRecord)
                        .filter(found -> found.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(found -> !STAYING.contains(found.getName()))
                        .map(JavaClass::reflect);
        return Stream.concat(ofTheJob, Stream.of(QueryEvent.class, ApprovalEvent.class, FeedbackEvent.class));
    }

    @ParameterizedTest
    @MethodSource("records")
    void recordIsSerializedFieldByField(Class<?> type) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(type);
    }

    @Test
    void recordsAreFound() {
        assertThat(records().map(Class::getSimpleName))
                .contains("Change", "LogRecord", "TickRecord", "LogClockState", "SlaState", "AgentState", "LedgerEntry")
                .hasSizeGreaterThan(25);
    }
}
