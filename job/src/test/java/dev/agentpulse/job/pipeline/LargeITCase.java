package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Transactions with more messages and alerts than the tick writer keeps, and more rows and agents than fit into a statement.
 * The amounts of the contract are in {@code ./agentpulse chaos --large}.
 */
class LargeITCase {

    private static final int ROWS = 60_000;

    /** At sixty thousand times within a minute, in no order. */
    private static final String APPROVALS =
            "INSERT INTO agent_approvals (conversation_id, status, created_at, updated_at)"
                    + " SELECT 'c' || n, 'pending', now() - interval '%s' - (n * 7919 %% 60000) * interval '1 millisecond', now()"
                    + " FROM generate_series(1, " + ROWS + ") n";

    private static final String DECIDE =
            "UPDATE agent_approvals SET status = 'rejected', updated_at = now() WHERE status = 'pending'";

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void approvalsThatOneTransactionRequestsDecidesAndDeletes() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            commit(connection, pipeline, APPROVALS.formatted("0 minutes"));
            assertThat(times(connection, "new_approval")).isEqualTo(ROWS + "|" + ROWS);

            commit(connection, pipeline, DECIDE);
            assertThat(times(connection, "status_change")).isEqualTo(ROWS + "|" + ROWS);

            commit(connection, pipeline, "DELETE FROM agent_approvals");
            assertNothingIsPutAside(connection, pipeline);
        }
    }

    @Test
    void alertsThatOpenAndEndAtOneTimeAlsoWhileTheJobFails() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                // So that the alerts stay what they are while this runs.
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .withParallelism(2)
                        .with(JobOptions.SLA_CRITICAL, Duration.ofHours(1))
                        .startAndCatchUp()) {
            pipeline.awaitCheckpoint();
            Sql.run(connection, APPROVALS.formatted("11 minutes"));
            pipeline.terminateBackend("agentpulse tick writer");
            pipeline.awaitComplete();
            assertRight(connection);
            assertThat(times(connection, "sla_breach")).isEqualTo(ROWS + "|" + ROWS);
            assertThat(times(connection, "new_approval")).isEqualTo(ROWS + "|" + ROWS);

            commit(connection, pipeline, DECIDE);
            assertThat(times(connection, "sla_resolved")).isEqualTo(ROWS + "|" + ROWS);
            assertThat(Sql.rows(connection, "SELECT status, severity, count(*) FROM agentpulse.alert GROUP BY 1, 2"))
                    .containsExactly("resolved|warning|" + ROWS);
        }
    }

    @Test
    void queriesBehindATruncateOfTheirTransaction() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        String queries = "INSERT INTO agent_queries (agent, latency_ms, created_at) SELECT 'agent-' || n % 50, n % 900,"
                + " now() - (n * 7919 % 3500) * interval '1 second' FROM generate_series(1, 100000) n";
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            commit(connection, pipeline, queries);
            commit(connection, pipeline, "BEGIN", "TRUNCATE agent_queries", queries, "COMMIT");
        }
    }

    @Test
    void agentsBeyondAStatementsRows() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            // For the comparison, which looks at the rows of each agent.
            Sql.run(connection, "CREATE INDEX ON agent_queries (agent, created_at)");
            commit(
                    connection,
                    pipeline,
                    "INSERT INTO agent_queries (agent, latency_ms, created_at) SELECT 'agent-' || n / 3, n % 700,"
                            + " now() - (n * 7919 % 3500) * interval '1 second' FROM generate_series(0, 8999) n");
        }
    }

    @Test
    void widePromptsThatWaitForTheJob() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            pipeline.awaitCheckpoint();
            pipeline.cancel();
            for (int transaction = 0; transaction < 30; transaction++) {
                Sql.run(
                        connection,
                        "INSERT INTO agent_queries (agent, query, latency_ms) SELECT 'wide', repeat(md5(n::text), 1875),"
                                + " n FROM generate_series(1, 100) n");
            }
            pipeline.resume().awaitComplete();
            assertRight(connection);
        }
    }

    private static void commit(Connection connection, Pipeline pipeline, String... statements) throws Exception {
        String failureBefore = pipeline.lastFailure();
        Sql.run(connection, statements);
        pipeline.awaitComplete();
        assertRight(connection);
        assertThat(pipeline.lastFailure()).isEqualTo(failureBefore);
    }

    private static void assertRight(Connection connection) throws Exception {
        Sql.run(connection, "ANALYZE");
        assertThat(Results.differences(connection)).isEmpty();
        Expectations.assertOpenAlertsMatchTheSource(connection);
    }

    /** How many messages of an event there are, and of how many rows. */
    private static String times(Connection connection, String event) throws Exception {
        return Sql.rows(
                        connection,
                        "SELECT count(*), count(DISTINCT payload ->> 'id') FROM agentpulse.channel_event"
                                + " WHERE payload ->> 'event' = '" + event + "'")
                .get(0);
    }

    /** The room is given back within seconds. */
    private static void assertNothingIsPutAside(Connection connection, Pipeline pipeline) throws Exception {
        Await.until("nothing is put aside any more", () -> {
            Sql.run(connection, "INSERT INTO agent_queries (agent, latency_ms) VALUES ('a', 1)");
            pipeline.awaitComplete();
            return Sql.rows(connection, "SELECT FROM agentpulse.staged_record LIMIT 1")
                    .isEmpty();
        });
    }
}
