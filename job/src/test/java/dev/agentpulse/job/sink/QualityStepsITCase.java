package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.audit.AnnotatorAgreement;
import dev.agentpulse.job.audit.DailyQuality;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.model.TableCounts;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.preflight.SourceShape;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the daily checks write down: those of rows, those of the pipeline's own tables, one alert, scores. */
class QualityStepsITCase {

    private static final LocalDate DAY = LocalDate.parse("2026-03-10");
    private static final DailyQuality.Task QUERIES = new DailyQuality.Task(SourceTable.QUERIES, DAY);

    private static final TableCounts NO_COUNTS = new TableCounts(0, 0, 0, 0);

    private static final TickProgress TICK = new TickProgress(
            ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("2026-03-11T02:00:00Z")),
            1,
            2,
            1,
            NO_COUNTS,
            NO_COUNTS,
            NO_COUNTS,
            false);

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private Database database;
    private Connection connection;
    private Connection other;
    private QualitySteps steps;

    @BeforeEach
    void migrate() throws SQLException {
        database = SERVER.newMigratedDatabase();
        other = database.connect();
        connection = database.connectInRole("agentpulse_writer");
        connection.setAutoCommit(false);
        Configuration options = new Configuration();
        options.setString("agentpulse.database.url", database.config("postgres").url());
        steps = new QualitySteps(connection, JobConfig.from(options).source());
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        other.close();
    }

    private static DailyQuality.Check check(String dimension, String name, DailyQuality.Status status) {
        return new DailyQuality.Check(dimension, name, BigDecimal.ONE, BigDecimal.ZERO, status, null);
    }

    private List<String> written(String where) throws SQLException {
        return Sql.rows(
                other,
                "SELECT check_name, value::real, status, sample FROM agentpulse.data_quality_daily WHERE " + where
                        + " ORDER BY check_name");
    }

    @Test
    void failedChecksOfATableAndDayAreOneAlertAndEachDimensionHasAScore() throws SQLException {
        List<DailyQuality.Check> found = List.of(
                check("validity", "a", DailyQuality.Status.FAILED),
                check("validity", "b", DailyQuality.Status.FAILED),
                check("validity", "c", DailyQuality.Status.WARNING),
                check("validity", "d", DailyQuality.Status.OK),
                check("uniqueness", "e", DailyQuality.Status.OK));
        steps.write(QUERIES, found, TICK);
        steps.write(QUERIES, found, TICK);

        assertThat(Sql.rows(
                        other,
                        "SELECT subject, severity, jsonb_array_length(details -> 'failed') FROM agentpulse.alert"
                                + " WHERE rule = 'data_quality'"))
                .containsExactly("agent_queries 2026-03-10|warning|2");
        assertThat(
                        Sql.rows(
                                other,
                                "SELECT dimension, score, checks, failed FROM agentpulse.data_quality_score ORDER BY dimension"))
                .as("what had nothing to check does not count")
                .containsExactly("schema|100|1|0", "uniqueness|100|1|0", "validity|38|4|2");
    }

    @Test
    void freshnessAndLatenessAreThoseOfTheDaysMessages() throws SQLException {
        Sql.run(
                other,
                "INSERT INTO agentpulse.channel_event (seq, event_key, channel, payload, event_time, written_at)"
                        + " SELECT n, 'k' || n, 'agent_queries_stream', jsonb_build_object('event', 'new_query', 'created_at', t - n * interval '1 s'),"
                        + " t, t + n * interval '10 ms' FROM generate_series(1, 100) n,"
                        + " LATERAL (SELECT '2026-03-10 12:00:00+00'::timestamptz + n * interval '1 s' AS t) AS at",
                "INSERT INTO agentpulse.channel_event (seq, event_key, channel, payload, event_time, written_at) VALUES"
                        + " (101, 'other channel', 'sla_breach_stream', '{\"event\": \"sla_breach\"}', '2026-03-10 12:00+00', '2026-03-10 14:00+00'),"
                        + " (102, 'other day', 'agent_queries_stream', '{\"event\": \"new_query\", \"created_at\": \"2026-03-01 00:00+00\"}',"
                        + " '2026-03-11 00:00+00', '2026-03-11 14:00+00')");

        steps.write(QUERIES, List.of(), TICK);
        steps.write(new DailyQuality.Task(SourceTable.FEEDBACK, DAY), List.of(), TICK);

        assertThat(written("check_name ~ 'commit' AND source_table = 'agent_queries'"))
                .containsExactly(
                        "commit_to_result_p50_ms|500|ok|null",
                        "commit_to_result_p99_ms|990|ok|null",
                        "created_to_commit_p99_s|99|warning|null");
        assertThat(written("check_name ~ 'commit' AND source_table = 'agent_feedback' AND value IS NOT NULL"))
                .isEmpty();
    }

    @Test
    void problemsOfWhatIsReadFromAndUnequalFiguresAreCheckedByTheirTableAndDay() throws SQLException {
        Sql.run(
                other,
                "INSERT INTO agentpulse.alert_record (alert_id, rule, subject, severity, status, opened_at, resolved_at, details)"
                        + " SELECT n::text, 'pipeline', subject, severity, CASE WHEN resolved_at IS NULL THEN 'open' ELSE 'resolved' END, opened_at::timestamptz, resolved_at::timestamptz,"
                        + " '{\"check\": \"source\"}' FROM (VALUES"
                        + " (1, 'public.agent_queries', 'warning', '2026-03-09', '2026-03-10 00:00+00'),"
                        + " (2, 'public.agent_queries.latency_ms', 'warning', '2026-03-10 23:59+00', '2026-03-12'),"
                        + " (3, 'public.agent_queries', 'critical', '2026-03-09', '2026-03-09 23:59+00'),"
                        + " (4, 'public.agent_approvals', 'critical', '2026-03-10 12:00+00', NULL))"
                        + " AS v (n, subject, severity, opened_at, resolved_at)",
                "INSERT INTO agentpulse.audit_result (run_at, scope, key, equal, duration_ms) VALUES"
                        + " ('2026-03-10 12:00+00', 'agent_performance', 'sales', false, 1),"
                        + " ('2026-03-10 12:00+00', 'agent_health', '7', true, 1),"
                        + " ('2026-03-11 12:00+00', 'agent_health', 'sales', false, 1)");
        for (SourceTable table : SourceTable.values()) {
            steps.write(new DailyQuality.Task(table, DAY), List.of(), TICK);
        }

        assertThat(Sql.rows(
                        other,
                        "SELECT source_table, check_name, value, status, sample FROM agentpulse.data_quality_daily"
                                + " WHERE check_name IN ('source_problems', 'figures_unequal') ORDER BY 1, 2"))
                .containsExactly(
                        "agent_approvals|figures_unequal|null|ok|null",
                        "agent_approvals|source_problems|1|failed|[\"public.agent_approvals\"]",
                        "agent_feedback|figures_unequal|null|ok|null",
                        "agent_feedback|source_problems|0|ok|null",
                        "agent_queries|figures_unequal|1|failed|[\"agent_performance\"]",
                        "agent_queries|source_problems|2|warning|[\"public.agent_queries\", \"public.agent_queries.latency_ms\"]");
    }

    @Test
    void columnsThatCameWentOrChangedSinceTheDayBeforeAreFoundOnceAndTheShapeOfTheBeginStays() throws SQLException {
        try (Connection writer = database.connectInRole("agentpulse_writer")) {
            SourceShape begun = new SourceShape(Map.of("table public.agent_queries", "7"));
            StoredSourceShape.replace(writer, begun);
            String columns = "check_name LIKE 'column%' AND day = ";

            steps.write(QUERIES, List.of(), TICK);
            assertThat(written(columns + "'2026-03-10'"))
                    .as("nothing to compare with")
                    .isEmpty();
            Sql.run(
                    other,
                    "ALTER TABLE agent_queries ADD tenant int, ADD region text, DROP query, ALTER latency_ms TYPE bigint");
            steps.write(new DailyQuality.Task(SourceTable.QUERIES, DAY.minusDays(1)), List.of(), TICK);
            steps.write(new DailyQuality.Task(SourceTable.QUERIES, DAY.plusDays(1)), List.of(), TICK);
            StoredSourceShape.replace(writer, begun);
            steps.write(new DailyQuality.Task(SourceTable.QUERIES, DAY.plusDays(2)), List.of(), TICK);

            assertThat(written(columns + "'2026-03-09'")).as("an earlier day").isEmpty();
            assertThat(written(columns + "'2026-03-11'"))
                    .containsExactly(
                            "column_types_changed|1|warning|[\"latency_ms\"]",
                            "columns_added|2|warning|[\"region\", \"tenant\"]",
                            "columns_dropped|1|warning|[\"query\"]");
            assertThat(written(columns + "'2026-03-12'")).hasSize(3).allMatch(row -> row.contains("|0|ok|"));
            assertThat(StoredSourceShape.read(writer)).isEqualTo(begun);
        }
    }

    @Test
    void agreementIsReplacedAndAnnotatorsWhoAreNotComparedAnyMoreGo() throws SQLException {
        AgreementSteps agreement = new AgreementSteps(connection);
        AnnotatorAgreement.Row dana =
                new AnnotatorAgreement.Row("dana", 3, 2, new BigDecimal("66.67"), new BigDecimal("0.4"), 0, 1_000_000);
        AnnotatorAgreement.Row eli =
                new AnnotatorAgreement.Row("eli", 3, 3, new BigDecimal("100.00"), null, 0, 1_000_000);
        agreement.write(List.of(dana, eli));
        agreement.write(List.of(eli));

        assertThat(Sql.rows(
                        other,
                        "SELECT annotator, compared_n, agreed_n, agreement_pct, kappa, extract(epoch FROM as_of)::int"
                                + " FROM agentpulse.annotator_agreement"))
                .containsExactly("eli|3|3|100.00|null|1");
        assertThat(agreement.isDue(0)).isTrue();
        assertThat(agreement.isDue(Duration.ofMinutes(59).toNanos())).isFalse();
        assertThat(agreement.isDue(Duration.ofMinutes(60).toNanos())).isTrue();
    }
}
