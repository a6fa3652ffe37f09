package dev.agentpulse.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.agentpulse.job.model.SourceTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobConfigTest {

    private static final long SECOND = 1_000_000;

    @Test
    void defaultsAreThoseOfTheContract() {
        JobConfig config = SampleConfig.of();

        assertThat(config.windows().names()).containsExactly("1m", "5m", "1h");
        assertThat(config.windows().sizesMicros()).containsExactly(60 * SECOND, 300 * SECOND, 3600 * SECOND);
        assertThat(config.windows().slideMicros()).isEqualTo(SECOND);
        assertThat(config.agentWindows().names()).containsExactly("1m", "5m", "15m", "1h");
        assertThat(config.qualityWindows().names()).containsExactly("1m", "5m", "1h", "24h");
        assertThat(config.alerts())
                .isEqualTo(new AlertConfig(
                        200,
                        300,
                        500,
                        10,
                        100,
                        200,
                        3,
                        300 * SECOND,
                        10 * SECOND,
                        300 * SECOND,
                        600 * SECOND,
                        900 * SECOND));
        assertThat(config.retention())
                .isEqualTo(new RetentionConfig(
                        24 * 3_600_000L,
                        90 * 24 * 3_600_000L,
                        30 * 24 * 3_600_000L,
                        90 * 24 * 3_600_000L,
                        30 * 24 * 3_600_000L));
        assertThat(config.heartbeatMillis()).isEqualTo(200);
        assertThat(config.futureNoteMicros()).isEqualTo(60 * SECOND);
        assertThat(config.queryFeedLimitPerSecond()).isEqualTo(500);
        assertThat(config.source().tables())
                .containsEntry(SourceTable.QUERIES, new TableName("public", "agent_queries"))
                .containsEntry(SourceTable.APPROVALS, new TableName("public", "agent_approvals"))
                .containsEntry(SourceTable.FEEDBACK, new TableName("public", "agent_feedback"));
        assertThat(config.capture().host()).isEqualTo("localhost");
        assertThat(config.capture().port()).isEqualTo(5432);
        assertThat(config.capture().database()).isEqualTo("agentpulse");
        assertThat(config.writer().url()).isEqualTo(config.capture().url());
        assertThat(config.writer().username()).isEqualTo(config.capture().username());
    }

    @Test
    void reportingZoneIsUtcOrAnyOther() {
        assertThat(SampleConfig.of().reportingZone().getRules().isFixedOffset()).isTrue();
        assertThat(SampleConfig.of("agentpulse.reporting.zone", "Europe/Berlin").reportingZone())
                .isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(SampleConfig.of("agentpulse.reporting.zone", "+05:45").reportingZone())
                .isEqualTo(ZoneOffset.ofHoursMinutes(5, 45));
    }

    @Test
    void laterSlaStepsFollowTheThreshold() {
        AlertConfig alerts = SampleConfig.of("agentpulse.sla.threshold", "3 s").alerts();

        assertThat(alerts.slaWarningMicros()).isEqualTo(6 * SECOND);
        assertThat(alerts.slaCriticalMicros()).isEqualTo(9 * SECOND);
    }

    @ParameterizedTest
    @CsvSource({
        "agentpulse.window.sizes, 90 s;1500 ms, 1500000",
        "agentpulse.window.sizes, 1500 ms, 1500000",
        "agentpulse.window.slide, 0 ms, slide",
        "agentpulse.window.quality-extra-sizes, 59 s, agentpulse.window.quality-extra-sizes",
        "agentpulse.window.agent-extra-sizes, 61500 ms, 61500000",
        "agentpulse.heartbeat.interval, 0 ms, agentpulse.heartbeat.interval",
        "agentpulse.tick.min-interval, 0 ms, agentpulse.tick.min-interval",
        "agentpulse.tick.status-interval, 0 ms, agentpulse.tick.status-interval",
        "agentpulse.alert.slow-query-warning-ms, 199, 200",
        "agentpulse.alert.slow-query-critical-ms, 299, 300",
        "agentpulse.health.degraded-ms, 99, 100",
        "agentpulse.sla.warning, 4 min, 300000000",
        "agentpulse.sla.critical, 9 min, 600000000",
        "agentpulse.sla.threshold, 0 s, agentpulse.sla.threshold",
        "agentpulse.slot.name, Agent-Pulse, Agent-Pulse",
        "agentpulse.source.queries-table, agent_queries, agent_queries",
        "agentpulse.source.queries-table, public.agent_feedback, must differ",
        "agentpulse.reporting.zone, CEST, agentpulse.reporting.zone must be a time zone as the tz database names it",
        "agentpulse.reporting.zone, europe/berlin, but is europe/berlin; give Europe/Berlin",
        "agentpulse.reporting.zone, New York, but is New York; give America/New_York",
        "agentpulse.reporting.zone, '', but is "
    })
    void badCombinationIsRefusedWithItsValues(String key, String value, String inTheMessage) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleConfig.of(key, value))
                .withMessageContaining(inTheMessage);
    }

    @Test
    void unknownOptionIsRefusedWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleConfig.of("agentpulse.window.slid", "1 s"))
                .withMessageContaining("agentpulse.window.slid;")
                .withMessageContaining("agentpulse.window.slide");
    }

    @Test
    void optionsOfFlinkAreNoneOfOurBusiness() {
        assertThat(SampleConfig.of("execution.checkpointing.interval", "1 s").heartbeatMillis())
                .isEqualTo(200);
    }

    @Test
    void databaseMustBeNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobConfig.from(new Configuration()))
                .withMessageContaining("agentpulse.database.url is not set");
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://localhost/agentpulse",
        "jdbc:postgresql://localhost:5432/",
        "jdbc:postgresql:///agentpulse",
        "jdbc:mysql://localhost/agentpulse"
    })
    void urlThatNamesNoHostAndDatabaseIsRefused(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleConfig.of("agentpulse.database.url", url))
                .withMessageContaining("agentpulse.database.url")
                .withMessageContaining(url);
    }

    @Test
    void urlWithAPasswordIsRefusedAndNotRepeated() {
        String url = SampleConfig.URL + "?user=me&password=hunter2";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleConfig.of("agentpulse.database.url", url))
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("hunter2"));
    }

    @Test
    void passwordsComeFromTheEnvironment() {
        Map<String, String> environment =
                Map.of("AGENTPULSE_DATABASE_PASSWORD", "one", "AGENTPULSE_WRITER_PASSWORD", "two");
        JobConfig config = SampleConfig.of("agentpulse.writer.username", "agentpulse_writer");

        assertThat(config.capture().password().read(environment)).isEqualTo("one");
        assertThat(config.writer().password().read(environment)).isEqualTo("two");
        assertThat(config.writer().username()).isEqualTo("agentpulse_writer");
    }

    @Test
    void writerHasTheCaptureRolesPasswordUnlessItHasItsOwn() {
        JobConfig config = SampleConfig.of();

        assertThat(config.writer().password().read(Map.of("AGENTPULSE_DATABASE_PASSWORD", "one")))
                .isEqualTo("one");
    }

    @Test
    void passwordFileWinsOverTheEnvironment(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "from file \nsecond line\n");
        JobConfig config = SampleConfig.of("agentpulse.database.password-file", file.toString());
        Map<String, String> environment = Map.of("AGENTPULSE_DATABASE_PASSWORD", "one");

        assertThat(config.capture().password().read(environment)).isEqualTo("from file ");
        assertThat(config.writer().password().read(environment)).isEqualTo("from file ");
    }

    @Test
    void passwordFileThatIsMissingIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampleConfig.of("agentpulse.writer.password-file", "no/such/file"))
                .withMessageContaining("agentpulse.writer.password-file")
                .withMessageContaining("no/such/file");
    }

    @Test
    void onlyWhereThePasswordIsLeavesTheProcess(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "hunter2\n");
        JobConfig config = SampleConfig.of("agentpulse.database.password-file", file.toString());

        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(graph)) {
            out.writeObject(config);
        }

        assertThat(graph.toString(StandardCharsets.ISO_8859_1))
                .contains(file.toString())
                .doesNotContain("hunter2");
        assertThat(config.toString()).doesNotContain("hunter2");
    }

    @Test
    void aPasswordThatWasGivenAsSuchStaysInItsProcess() {
        DatabaseConfig database = new DatabaseConfig(SampleConfig.URL, "me", "hunter2");

        assertThat(database.toString()).doesNotContain("hunter2");
        assertThatExceptionOfType(NotSerializableException.class)
                .isThrownBy(() -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(database))
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("hunter2"));
    }

    @Test
    void configurationTravelsWithTheJobGraph() throws Exception {
        JobConfig config = SampleConfig.of();

        assertThat(InstantiationUtil.clone(config)).isEqualTo(config);
    }
}
