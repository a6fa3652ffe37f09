package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.History;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the last six days that come, change and go late, with restarts in between; and a purge, which changes nothing. */
class LateHistoryITCase {

    private static final int STEPS = 8;

    private static final String OLD_APPROVALS = "greatest(created_at, updated_at) < now() - interval '2 days'";

    private static final String OTHERS = """
            SELECT 'approvals', bucket, bucket_start, requested_count, resolution_counts::text, within_sla_count::text, revision
            FROM agentpulse.approval_history WHERE final
            UNION ALL
            SELECT 'training', bucket, bucket_start, feedback_count, label_counts::text, annotators::text, revision
            FROM agentpulse.training_history WHERE final""";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @ParameterizedTest
    @ValueSource(longs = 1)
    void historyEqualsPlainSqlAndOutlivesAPurge(long seed) throws Exception {
        Random random = new Random(seed);
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .with(JobOptions.HISTORY_BACKFILL, false)
                        .with(JobOptions.AUDIT_INTERVAL, Duration.ofMillis(500))
                        .withFrequentCheckpoints()
                        .withParallelism(2)
                        .startAndCatchUp()) {
            pipeline.awaitCheckpoint(); // one of before would begin history anew
            // The tables were empty, so history is complete from before all that comes.
            Sql.run(connection, "UPDATE agentpulse.history_reach SET complete_from = now() - interval '30 days'");
            for (int step = 1; step <= STEPS; step++) {
                write(connection, random);
                if (step % 4 == 0) {
                    pipeline.restart();
                }
                if (step == STEPS / 2) {
                    pipeline.terminateBackend("agentpulse tick writer");
                }
            }
            pipeline.awaitComplete();

            assertThat(History.differences(connection)).isEmpty();
            Expectations.assertNoMismatch(connection);
            assertThat(Sql.rows(
                            connection,
                            "SELECT DISTINCT complete_from < now() - interval '6 days 20 hours'"
                                    + " FROM agentpulse.history_reach"))
                    .as("history has not begun anew")
                    .containsExactly("t");
            for (String table : List.of("agent_performance_history", "approval_history", "training_history")) {
                assertThat(Sql.rows(
                                connection,
                                "SELECT count(*) FROM agentpulse." + table + " WHERE revision > 0 AND bucket = '1d'"))
                        .as(table)
                        .doesNotContain("0");
            }

            String kept =
                    "SELECT agent, bucket, bucket_start, query_count, latency_counts, approved_count, quality_score,"
                            + " revision FROM agentpulse.agent_performance_history WHERE final ORDER BY 1, 2, 3";
            List<String> before = Sql.rows(connection, kept);
            String purged = Sql.rows(
                            connection,
                            "SELECT count(*) FROM agent_queries WHERE created_at < now() - interval '2 days'")
                    .get(0);
            String purgedApprovals = Sql.rows(connection, "SELECT count(*) FROM agent_approvals WHERE " + OLD_APPROVALS)
                    .get(0);
            List<String> otherBefore = Sql.rows(connection, OTHERS);
            Sql.run(
                    connection,
                    "DELETE FROM agent_queries WHERE created_at < now() - interval '2 days'",
                    "DELETE FROM agent_approvals WHERE " + OLD_APPROVALS,
                    "DELETE FROM agent_feedback WHERE created_at < now() - interval '2 days'");
            pipeline.awaitComplete();

            assertThat(Sql.rows(connection, kept)).containsAll(before);
            assertThat(Sql.rows(
                            connection,
                            "SELECT sum(purged_rows) FROM agentpulse.agent_performance_history" + " GROUP BY bucket"))
                    .containsExactly(purged, purged, purged, purged);

            assertThat(Sql.rows(connection, OTHERS)).containsAll(otherBefore);
            assertThat(Sql.rows(connection, "SELECT sum(purged_rows) FROM agentpulse.approval_history GROUP BY bucket"))
                    .containsExactly(purgedApprovals, purgedApprovals, purgedApprovals, purgedApprovals);

            Sql.run(connection, "TRUNCATE agent_queries, agent_approvals, agent_feedback");
            pipeline.awaitComplete();
            assertThat(Sql.rows(
                            connection,
                            "SELECT count(*) FILTER (WHERE bucket_start < now() - interval '2 days' AND query_count > 0) > 0,"
                                    + " coalesce(sum(query_count) FILTER (WHERE bucket = '1m'"
                                    + " AND bucket_start > now() - interval '23 hours'), 0)"
                                    + " FROM agentpulse.agent_performance_history WHERE final"))
                    .containsExactly("t|0");
            assertThat(Sql.rows(
                            connection,
                            "SELECT count(*) FILTER (WHERE bucket_start < now() - interval '2 days' AND decided_count > 0) > 0,"
                                    + " coalesce(sum(requested_count + decided_count + within_sla_count) FILTER (WHERE"
                                    + " bucket = '1m' AND bucket_start > now() - interval '23 hours'), 0)"
                                    + " FROM agentpulse.approval_history WHERE final"))
                    .containsExactly("t|0");
            assertThat(Sql.rows(
                            connection,
                            "SELECT count(*) FILTER (WHERE bucket_start < now() - interval '2 days' AND labels <> '{}') > 0,"
                                    + " coalesce(sum(feedback_count + cardinality(labels)) FILTER (WHERE"
                                    + " bucket = '1m' AND bucket_start > now() - interval '23 hours'), 0)"
                                    + " FROM agentpulse.training_history WHERE final"))
                    .containsExactly("t|0");
            for (String table : List.of("agent_performance_history", "approval_history", "training_history")) {
                assertThat(dayDifferences(connection, table)).as(table).isEmpty();
            }
            Expectations.assertNoMismatch(connection);
        }
    }

    /** Days that are not what their minutes add up to. */
    private static List<String> dayDifferences(Connection connection, String table) throws Exception {
        String first =
                switch (table) {
                    case "approval_history" ->
                        "requested_count, approved_count, resolution_sum_seconds, within_sla_count";
                    case "training_history" -> "feedback_count, safe_count, clarity_sum";
                    default -> "query_count, approved_count, latency_sum_ms, slow_query_count";
                };
        String sums = Arrays.stream(first.split(", "))
                .map(column -> "sum(" + column + ")")
                .collect(Collectors.joining(", "));
        String subject =
                Sql.columns(connection, "SELECT * FROM agentpulse." + table).get(0);
        return Sql.rows(connection, """
                WITH day AS (SELECT %2$s, bucket_start, bucket_end, %3$s FROM agentpulse.%1$s WHERE bucket = '1d' AND final),
                minutes AS (
                    SELECT d.%2$s, d.bucket_start, d.bucket_end, %4$s FROM day AS d
                    JOIN (SELECT %2$s, bucket_start AS minute, %3$s FROM agentpulse.%1$s WHERE bucket = '1m') AS m
                        ON m.%2$s = d.%2$s AND m.minute >= d.bucket_start AND m.minute < d.bucket_end
                    GROUP BY d.%2$s, d.bucket_start, d.bucket_end)
                TABLE day EXCEPT TABLE minutes""".formatted(table, subject, first, sums.replace("sum(", "sum(m.")));
    }

    private static void write(Connection connection, Random random) throws Exception {
        int salt = random.nextInt(1000);
        Sql.run(
                connection,
                // Of any age up to seven days, some of them in the last minutes.
                "INSERT INTO agent_queries (agent, latency_ms, approved, created_at) SELECT 'agent-' || n % 5, n * "
                        + salt
                        + " % 12000, CASE n % 3 WHEN 0 THEN true WHEN 1 THEN false END, now() - CASE WHEN n % 4 = 0"
                        + " THEN n * interval '1 second' ELSE (n * 7919 + " + salt
                        + ") % 561600 * interval '1 second' END"
                        + " FROM generate_series(1, 200) n",
                "UPDATE agent_queries SET approved = NOT coalesce(approved, false), latency_ms = latency_ms / 2"
                        + " WHERE id % 7 = " + random.nextInt(7),
                "UPDATE agent_queries SET human_edited = true, agent = 'agent-9' WHERE id % 31 = " + random.nextInt(31),
                "UPDATE agent_queries SET created_at = created_at + interval '37 minutes' WHERE id % 29 = "
                        + random.nextInt(29) + " AND created_at < now() - interval '1 hour'",
                "DELETE FROM agent_queries WHERE id % 11 = " + random.nextInt(11)
                        + " AND created_at > now() - interval '20 hours'",
                "INSERT INTO agent_approvals (conversation_id, status, created_at, updated_at) SELECT 'c', status, created,"
                        + " CASE WHEN status <> 'pending' THEN created + (n * 37 % 5000) * interval '170 milliseconds' END"
                        + " FROM (SELECT n, (ARRAY['pending', 'approved', 'rejected', 'expired'])[1 + n % 4] AS status,"
                        + " now() - (n * 7919 + " + salt + ") % 561600 * interval '1 second' AS created"
                        + " FROM generate_series(1, 120) n) AS made",
                // Decisions that are made now, of requests of whatever age, and some that are taken back.
                "UPDATE agent_approvals SET status = 'approved', updated_at = now() WHERE status = 'pending' AND id % 3 = 0",
                "UPDATE agent_approvals SET status = 'pending', updated_at = NULL WHERE id % 23 = "
                        + random.nextInt(23),
                "UPDATE agent_approvals SET updated_at = updated_at + interval '3 hours' WHERE id % 29 = "
                        + random.nextInt(29) + " AND updated_at < now() - interval '4 hours'",
                "DELETE FROM agent_approvals WHERE id % 13 = " + random.nextInt(13)
                        + " AND created_at > now() - interval '20 hours'",
                "INSERT INTO agent_feedback (conversation_id, safe_to_send, labels, rubric, annotator, created_at)"
                        + " SELECT 'c', n % 3 <> 0, ARRAY['tone', 'a \"label\"\\', 'l' || n % 5], jsonb_build_object('clarity',"
                        + " n % 5 / 3.0, 'tone', n % 4), 'annotator ' || n % 3,"
                        + " now() - (n * 7919 + " + salt + ") % 561600 * interval '1 second'"
                        + " FROM generate_series(1, 80) n",
                "UPDATE agent_feedback SET safe_to_send = NOT safe_to_send, labels = labels[2:3], annotator = 'dana'"
                        + " WHERE id % 7 = " + random.nextInt(7),
                "DELETE FROM agent_feedback WHERE id % 11 = " + random.nextInt(11)
                        + " AND created_at > now() - interval '20 hours'");
    }
}
