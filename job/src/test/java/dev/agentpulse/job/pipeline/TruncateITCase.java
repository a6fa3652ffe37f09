package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TRUNCATE takes every row out at once; rows written after it, in the same transaction too, are there. */
class TruncateITCase {

    private static final String QUERIES = "INSERT INTO agent_queries (agent, latency_ms, created_at)"
            + " SELECT 'agent-' || n % 3, n, now() - n * interval '1 second' FROM generate_series(1, 200) n";
    private static final String APPROVALS = "INSERT INTO agent_approvals (status, created_at)"
            + " SELECT CASE n % 2 WHEN 0 THEN 'pending' ELSE 'approved' END, now() - n * interval '1 minute'"
            + " FROM generate_series(1, 20) n";
    private static final String FEEDBACK = "INSERT INTO agent_feedback (safe_to_send, annotator)"
            + " SELECT n % 2 = 0, 'ann-' || n % 2 FROM generate_series(1, 20) n";

    /** More of one agent than wait for their tick. */
    private static final String MANY_QUERIES =
            "INSERT INTO agent_queries (agent, latency_ms) SELECT 'many', n % 9 FROM generate_series(1, 5000) n";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void emptiesWindowsQueueAndAlerts(int parallelism) throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline =
                        CLUSTER.pipeline(database).withParallelism(parallelism).startAndCatchUp()) {
            Sql.run(connection, QUERIES, APPROVALS, FEEDBACK);
            pipeline.awaitComplete();
            assertThat(Results.differences(connection)).isEmpty();

            Sql.run(connection, "TRUNCATE agent_queries, agent_approvals, agent_feedback");
            pipeline.awaitComplete();

            assertThat(Results.differences(connection)).isEmpty();
            Expectations.assertOpenAlertsMatchTheSource(connection);

            Sql.run(connection, QUERIES, APPROVALS, FEEDBACK);
            Sql.run(
                    connection,
                    "BEGIN",
                    QUERIES,
                    APPROVALS,
                    FEEDBACK,
                    MANY_QUERIES,
                    "TRUNCATE agent_queries, agent_approvals, agent_feedback",
                    MANY_QUERIES,
                    QUERIES,
                    APPROVALS,
                    FEEDBACK,
                    "COMMIT");
            pipeline.awaitComplete();

            assertThat(Results.differences(connection)).isEmpty();
            Expectations.assertOpenAlertsMatchTheSource(connection);
        }
    }
}
