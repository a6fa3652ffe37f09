package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Oracle;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When nobody writes any more, windows empty themselves; then nothing but the status moves. */
class IdleITCase {

    private static final List<String> TABLES = List.of(
            "agent_performance",
            "agent_health",
            "approval_queue",
            "approval_activity",
            "training_quality",
            "annotator_activity",
            "alert_record",
            "channel_event",
            "rejected_change");

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void nothingButTheStatusChangesOnceTheWindowsAreEmpty() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .with(JobOptions.WINDOW_SIZES, seconds(1, 2, 4))
                        .with(JobOptions.AGENT_EXTRA_SIZES, List.of())
                        .with(JobOptions.QUALITY_EXTRA_SIZES, seconds(6))
                        .with(JobOptions.DEGRADED_RESOLVE_AFTER, Duration.ofSeconds(1))
                        .startAndCatchUp()) {
            Sql.run(
                    connection,
                    "INSERT INTO agent_queries (agent, latency_ms, created_at) SELECT 'agent-' || n % 3, n * 10,"
                            + " now() + n * interval '20 milliseconds' FROM generate_series(1, 100) n",
                    "INSERT INTO agent_approvals (status, created_at, updated_at)"
                            + " SELECT 'approved', now(), now() FROM generate_series(1, 5)",
                    "INSERT INTO agent_feedback (safe_to_send, annotator, labels)"
                            + " SELECT true, 'ann', '{a}' FROM generate_series(1, 5)");
            pipeline.awaitComplete();
            assertThat(Sql.rows(connection, "SELECT count(*) FROM agentpulse.agent_performance"))
                    .containsExactly("9");

            Await.until("every agent is idle and every window is empty", () -> emptyAndIdle(connection));
            for (String table : Oracle.RESULT_TABLES) {
                assertThat(Oracle.differences(connection, table)).isEmpty();
            }

            // Alerts end a little later.
            awaitStatusToMove(connection, 3);
            List<String> quiet = versions(connection);
            awaitStatusToMove(connection, 4);
            assertThat(versions(connection)).isEqualTo(quiet);
            assertThat(Sql.rows(connection, "SELECT count(*) FROM agentpulse.alert WHERE status <> 'resolved'"))
                    .containsExactly("0");
        }
    }

    private static boolean emptyAndIdle(Connection connection) throws SQLException {
        return Sql.rows(connection, """
                        SELECT count(*) FROM agentpulse.agent_health WHERE health_status <> 'idle'
                        UNION ALL SELECT sum(query_count) FROM agentpulse.agent_performance
                        UNION ALL SELECT sum(requested_count + decided_count) FROM agentpulse.approval_activity
                        UNION ALL SELECT sum(feedback_count) FROM agentpulse.training_quality
                        UNION ALL SELECT sum(feedback_count) FROM agentpulse.annotator_activity
                        """).stream().allMatch("0"::equals);
    }

    /** Which version of each row is there: any write, even of equal values, makes another. */
    private static List<String> versions(Connection connection) throws SQLException {
        List<String> versions = new ArrayList<>();
        for (String table : TABLES) {
            for (String row : Sql.rows(connection, "SELECT ctid, xmin FROM agentpulse." + table + " ORDER BY 1")) {
                versions.add(table + " " + row);
            }
        }
        return versions;
    }

    private static void awaitStatusToMove(Connection connection, int seconds) throws Exception {
        String target = Sql.rows(
                        connection, "SELECT as_of + interval '" + seconds + " seconds' FROM agentpulse.pipeline_status")
                .get(0);
        Await.until("results are complete up to " + target, () -> Sql.rows(
                        connection, "SELECT as_of >= '" + target + "' FROM agentpulse.pipeline_status")
                .equals(List.of("t")));
    }

    private static List<Duration> seconds(long... seconds) {
        return java.util.Arrays.stream(seconds).mapToObj(Duration::ofSeconds).toList();
    }
}
