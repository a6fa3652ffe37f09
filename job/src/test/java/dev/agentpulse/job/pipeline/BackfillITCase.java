package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.History;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables with days of rows at the first start, rows of all ages that change while they are read, and kills meanwhile. */
class BackfillITCase {

    /** Each step makes many corrections of whole days. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final String READ =
            "SELECT count(*) > 0 AND bool_and(state = 'done') FROM agentpulse.history_progress";

    /** Of the last six days, around midnight of several zones, with days without any, and some that are years old. */
    private static final String FILL =
            "INSERT INTO agent_queries (agent, latency_ms, approved, human_edited, created_at)"
                    + " SELECT 'agent-' || n %% 5, CASE WHEN n %% 13 > 0 THEN CASE WHEN n %% 97 = 0 THEN 10000 + n ELSE n * 37 %% 300 END END,"
                    + " CASE n %% 3 WHEN 0 THEN true WHEN 1 THEN false END, n %% 4 = 0,"
                    + " CASE WHEN n %% 500 = 0 THEN timestamptz '2024-02-29 23:59:59.999999+00'"
                    + " WHEN n %% 3 = 0 THEN date_trunc('day', now(), (ARRAY['UTC', 'Asia/Kathmandu', 'America/Santiago'])[n %% 9 / 3 + 1])"
                    + " - n %% 4 * interval '24 hours' + (n %% 5 - 2) * interval '1 microsecond'"
                    + " ELSE now() - (n * 7919 + %1$d) %% 520000 * interval '1 second' END"
                    + " FROM generate_series(1, %2$d) n WHERE n %% 7 < 6";

    /** Requests that were decided soon, hours later or never, some by a row that cannot be used. */
    private static final String FILL_APPROVALS =
            "INSERT INTO agent_approvals (conversation_id, status, created_at, updated_at)"
                    + " SELECT 'c-' || n, CASE WHEN n %% 101 = 0 THEN 'waiting'"
                    + " ELSE (ARRAY['pending', 'approved', 'rejected', 'expired'])[n %% 4 + 1] END, created,"
                    + " CASE WHEN n %% 103 > 0 THEN least(now(), created + (n * 37 + n * n) %% 40000 * interval '1.013 seconds') END"
                    + " FROM (SELECT n, CASE WHEN n %% 500 = 0 THEN timestamptz '2024-02-29 23:59:59.999999+00'"
                    + " ELSE now() - (n * 7919 + %1$d) %% 520000 * interval '1 second' END AS created"
                    + " FROM generate_series(1, %2$d) n) AS requests";

    private static final String FILL_FEEDBACK =
            "INSERT INTO agent_feedback (safe_to_send, labels, rubric, annotator, created_at)"
                    + " SELECT CASE n %% 3 WHEN 0 THEN true WHEN 1 THEN false END, ARRAY['tone', 'label ' || n %% 7],"
                    + " CASE WHEN n %% 97 = 0 THEN '{\"clarity\": \"high\"}' ELSE jsonb_build_object('clarity', n %% 5,"
                    + " 'tone', n %% 90 / 10.0) END, CASE WHEN n %% 5 > 0 THEN 'annotator ' || n %% 6 END,"
                    + " now() - (n * 7919 + %1$d) %% 300000 * interval '1 second' FROM generate_series(1, %2$d) n";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @ParameterizedTest
    @ValueSource(longs = 1)
    void everyBucketEqualsPlainSqlOverChangesAndKills(long seed) throws Exception {
        Random random = new Random(seed);
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Connection writing = database.connect();
                Pipeline pipeline =
                        CLUSTER.pipeline(database).withFrequentCheckpoints().withParallelism(2)) {
            Sql.run(
                    connection,
                    FILL.formatted(0, 6_000),
                    FILL_APPROVALS.formatted(0, 1_200),
                    FILL_FEEDBACK.formatted(0, 800),
                    "ANALYZE");
            Sql.run(
                    connection,
                    "DELETE FROM agent_queries WHERE created_at >= date_trunc('day', now(), 'UTC') - interval '72 hours'"
                            + " AND created_at < date_trunc('day', now(), 'UTC') - interval '48 hours'");
            pipeline.startAndCatchUp();
            try (BackgroundWriter writer = new BackgroundWriter(PAUSE, () -> write(writing, random))) {
                writer.awaitSteps(3);
                pipeline.awaitCheckpoint();
                pipeline.restart();
                writer.awaitSteps(6);
                pipeline.terminateBackend("agentpulse tick writer");
                writer.awaitSteps(6);
                Await.until("history is read", () -> Sql.rows(connection, READ).equals(List.of("t")));
                writer.awaitSteps(3);
            }
            pipeline.awaitComplete();

            assertThat(History.differences(connection)).isEmpty();
            assertThat(Sql.rows(
                            connection,
                            "SELECT history_table, count(*) FILTER (WHERE complete_from < now() - interval '6 days')"
                                    + " FROM agentpulse.history_reach GROUP BY history_table"))
                    .containsExactlyInAnyOrder(
                            "agent_performance_history|4", "approval_history|4", "training_history|4");
            assertThat(Sql.rows(
                            connection,
                            "SELECT history_table, count(*) > 3, max(rows) > 100, sum(unusable_rows) > 0,"
                                    + " count(*) FILTER (WHERE problem IS NOT NULL)"
                                    + " FROM agentpulse.history_progress GROUP BY history_table"))
                    .containsExactlyInAnyOrder(
                            "agent_performance_history|t|t|f|0",
                            "approval_history|t|t|t|0",
                            "training_history|t|t|t|0");
        }
    }

    private static void write(Connection connection, Random random) throws Exception {
        Sql.run(
                connection,
                FILL.formatted(random.nextInt(520_000), 20),
                FILL_APPROVALS.formatted(random.nextInt(520_000), 4),
                FILL_FEEDBACK.formatted(random.nextInt(300_000), 4),
                "UPDATE agent_approvals SET status = CASE status WHEN 'pending' THEN 'approved' ELSE 'pending' END,"
                        + " updated_at = now() WHERE id % 499 = " + random.nextInt(499),
                "UPDATE agent_approvals SET updated_at = updated_at - interval '90 minutes', status = 'rejected'"
                        + " WHERE id % 997 = " + random.nextInt(997),
                "DELETE FROM agent_approvals WHERE id % 199 = " + random.nextInt(199)
                        + " AND least(created_at, updated_at) > now() - interval '20 hours'",
                "UPDATE agent_feedback SET safe_to_send = NOT coalesce(safe_to_send, false),"
                        + " labels = array_append(labels, 'late') WHERE id % 499 = " + random.nextInt(499),
                "DELETE FROM agent_feedback WHERE id % 199 = " + random.nextInt(199)
                        + " AND created_at > now() - interval '20 hours'",
                "UPDATE agent_queries SET approved = NOT coalesce(approved, false), latency_ms = latency_ms / 2 + 1"
                        + " WHERE id % 997 = " + random.nextInt(997),
                "UPDATE agent_queries SET agent = 'agent-9', created_at = created_at - interval '25 hours'"
                        + " WHERE id % 4999 = " + random.nextInt(4999) + " AND created_at > now() - interval '4 days'",
                "DELETE FROM agent_queries WHERE id % 499 = " + random.nextInt(499)
                        + " AND created_at > now() - interval '20 hours'");
    }
}
