package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A figure that somebody changed in a result table is an alert, while the job runs. */
class AuditITCase {

    private static final String HISTORY_ROW =
            "agentpulse.agent_performance_history WHERE agent = 'sales' AND bucket = '15m'"
                    + " AND bucket_start = (SELECT min(bucket_start) FROM agentpulse.agent_performance_history"
                    + " WHERE agent = 'sales' AND bucket = '15m')";

    private static final String SNAPSHOT_ROW =
            "agentpulse.agent_performance WHERE agent = 'it''s' AND window_name = '1h'";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void figuresThatWereChangedByHandAreFoundAndResolvedWhenTheyAreRight() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "INSERT INTO agent_feedback (conversation_id, safe_to_send, annotator) VALUES ('c', true, 'dana'), ('c', false, 'eli')");
        }
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .with(JobOptions.AUDIT_INTERVAL, Duration.ofMillis(500))
                        .startAndCatchUp()) {
            // Of the last 40 minutes, and one that stays in its windows as long as this lasts.
            Sql.run(
                    connection,
                    "INSERT INTO agent_queries (agent, latency_ms, created_at) SELECT 'sales', n, now() - n * interval '20 s'"
                            + " FROM generate_series(1, 120) n",
                    "INSERT INTO agent_queries (agent, latency_ms, created_at) VALUES ('it''s', 7, now() - interval '17 min')");
            pipeline.awaitComplete();
            awaitProof(connection);
            Expectations.assertNoMismatch(connection);
            awaitAnnotatorsAndDailyChecks(connection);

            String sql = Sql.rows(
                            connection,
                            "SELECT agentpulse.proof_sql('agent_performance', '{\"agent\": \"it''s\", \"window_name\": \"1h\"}')")
                    .get(0);
            assertThat(Sql.rows(connection, "SELECT agent, query_count, max_latency_ms FROM (" + sql + ") AS p"))
                    .as("a row has the SQL that proves it")
                    .containsExactly("it's|1|7");

            Await.until("each agent has its last proof, though what is equal is summed up", () -> Sql.rows(
                            connection,
                            "SELECT result_table, subject, equal, figures > 0, as_of <= run_at FROM agentpulse.audit_proof"
                                    + " WHERE result_table = 'agent_performance' ORDER BY subject COLLATE \"C\"")
                    .equals(List.of("agent_performance|it's|t|t|t", "agent_performance|sales|t|t|t")));

            String count = Sql.rows(connection, "SELECT query_count FROM " + HISTORY_ROW)
                    .get(0);
            change(connection, "query_count + 1");
            Await.until("both are found", () -> open(connection).size() == 2);

            assertThat(open(connection).get(0))
                    .startsWith("agent_performance it's 1h|critical|2|1|{\"query_count\": 2}|{\"query_count\": 1}");
            assertThat(open(connection).get(1))
                    .startsWith("agent_performance_history sales 15m ")
                    .contains(
                            "|critical|",
                            "\"query_count\": " + count,
                            "\"query_count\": " + (Long.parseLong(count) + 1));
            assertThat(Sql.rows(
                            connection,
                            "SELECT count(*) FROM agentpulse.channel_event WHERE channel = 'performance_alert_stream'"
                                    + " AND payload ->> 'event' = 'audit_mismatch'"))
                    .containsExactly("2");
            assertThat(Sql.rows(
                            connection,
                            "SELECT unequal_24h >= 2, proven_figures_24h > 0 FROM agentpulse.audit_summary()"))
                    .containsExactly("t|t");

            assertThat(Sql.rows(
                            connection,
                            "SELECT subject, first_difference -> 'is', first_difference -> 'should_be' FROM agentpulse.audit_proof"
                                    + " WHERE NOT equal"))
                    .containsExactly("it's|{\"query_count\": 2}|{\"query_count\": 1}");

            change(connection, "query_count - 1");
            Await.until("both are resolved", () -> open(connection).isEmpty());
            assertThat(
                            Sql.rows(
                                    connection,
                                    "SELECT count(*) FROM agentpulse.alert WHERE rule = 'audit_mismatch' AND status = 'resolved'"))
                    .containsExactly("2");
        }
    }

    private static void awaitProof(Connection connection) throws Exception {
        Await.until("history is proven", () -> !Sql.rows(
                        connection,
                        "SELECT FROM agentpulse.audit_result WHERE equal AND figures > 0"
                                + " AND scope = 'agent_performance_history'")
                .isEmpty());
    }

    /** The same thread does both. */
    private static void awaitAnnotatorsAndDailyChecks(Connection connection) throws Exception {
        Await.until("annotators are compared", () -> Sql.rows(
                        connection,
                        "SELECT annotator, compared_n, agreed_n, kappa FROM agentpulse.annotator_agreement ORDER BY annotator")
                .equals(List.of("dana|1|0|0.0000", "eli|1|0|0.0000")));
        Await.until(
                "a day of each table is checked",
                () -> Sql.rows(
                                        connection,
                                        "SELECT DISTINCT source_table FROM agentpulse.data_quality_daily WHERE check_name = 'source_problems'")
                                .size()
                        == 3);
    }

    private static void change(Connection connection, String count) throws Exception {
        for (String row : List.of(HISTORY_ROW, SNAPSHOT_ROW)) {
            Sql.run(connection, "UPDATE " + row.replaceFirst(" WHERE", " SET query_count = " + count + " WHERE"));
        }
    }

    private static List<String> open(Connection connection) throws Exception {
        return Sql.rows(
                connection,
                "SELECT subject, severity, value, threshold, details ->> 'is', details ->> 'should_be' FROM agentpulse.alert"
                        + " WHERE rule = 'audit_mismatch' AND status = 'open' ORDER BY subject COLLATE \"C\"");
    }
}
