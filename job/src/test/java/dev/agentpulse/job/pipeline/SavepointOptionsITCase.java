package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A job that goes on from a savepoint with other options: they hold from then on, or are refused with a sentence. */
class SavepointOptionsITCase {

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void thresholdsHoldForWhatIsInTheState() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            Sql.run(
                    connection,
                    "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (1, 'a', 150), (2, 'a', 90)",
                    "INSERT INTO agent_approvals (id, status, created_at) VALUES (1, 'pending', now() - interval '3 min')",
                    "INSERT INTO agent_approvals (id, status, created_at, updated_at)"
                            + " VALUES (2, 'approved', now() - interval '3 min', now())");
            pipeline.awaitComplete();
            assertThat(figures(connection)).containsExactly("0|1|0|warning");
            assertThat(breaches(connection)).isEmpty();

            Path savepoint = pipeline.stopWithSavepoint();
            pipeline.with(JobOptions.SLA_THRESHOLD, Duration.ofMinutes(2))
                    // So that the alert stays what it is while this runs.
                    .with(JobOptions.SLA_WARNING, Duration.ofHours(1))
                    .with(JobOptions.SLA_CRITICAL, Duration.ofHours(2))
                    .with(JobOptions.SLOW_QUERY_MS, 100)
                    .with(JobOptions.HEALTH_WARNING_MS, 50)
                    .with(JobOptions.HEALTH_DEGRADED_MS, 95)
                    .startFrom(savepoint);
            Await.until("the alert of the shorter threshold is there", () -> !breaches(connection)
                    .isEmpty());
            assertThat(breaches(connection)).containsExactly("1|open|120.00");
            // The agent's rows are written again with its next change, and its health is that of a minute; the queue's
            // rows are written again with the next slide.
            Await.until("the figures are those of the new thresholds", () -> {
                Sql.run(
                        connection,
                        "INSERT INTO agent_queries (id, agent, latency_ms)"
                                + " SELECT max(id) + 1, 'a', 99 FROM agent_queries");
                pipeline.awaitComplete();
                return figures(connection).equals(List.of("1|0|1|degraded"));
            });
            Sql.run(connection, "UPDATE agent_approvals SET status = 'rejected', updated_at = now() WHERE id = 1");
            pipeline.awaitComplete();
            assertThat(breaches(connection)).containsExactly("1|resolved|120.00");
            assertThat(Sql.rows(
                            connection, "SELECT details ->> 'unmatched_retractions' FROM agentpulse.pipeline_status"))
                    .containsExactly("0");
        }
    }

    @Test
    void otherWindowsAreRefusedAndTheEarlierOnesGoOn() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            Sql.run(connection, "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (1, 'a', 150)");
            pipeline.awaitComplete();
            Path savepoint = pipeline.stopWithSavepoint();

            pipeline.with(JobOptions.AGENT_EXTRA_SIZES, List.of(Duration.ofHours(2)))
                    .startFrom(savepoint);
            assertThat(pipeline.awaitFailure())
                    .contains("The savepoint was made with agentpulse.window.agent-extra-sizes=1m,5m,15m,1h, and with"
                            + " 1m,5m,1h,2h the job cannot go on from it.")
                    .contains("./agentpulse resync");

            pipeline.with(JobOptions.AGENT_EXTRA_SIZES, List.of(Duration.ofMinutes(15)))
                    .startFrom(savepoint)
                    .awaitComplete();
            assertThat(Results.differences(connection)).isEmpty();
        }
    }

    private static List<String> figures(Connection connection) throws Exception {
        return Sql.rows(connection, """
                SELECT sla_breach_count, within_sla_count, slow_query_count, health_status
                FROM agentpulse.approval_queue, agentpulse.approval_activity AS activity,
                    agentpulse.agent_performance AS performance JOIN agentpulse.agent_health USING (agent)
                WHERE activity.window_name = '1h' AND performance.window_name = '1h'
                """);
    }

    private static List<String> breaches(Connection connection) throws Exception {
        return Sql.rows(
                connection,
                "SELECT subject, status, threshold FROM agentpulse.alert WHERE rule = 'approval_sla_breach'");
    }
}
