package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.RandomChanges;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables hold rows before the job starts, and are written to while it reads them chunk by chunk. */
class SnapshotITCase {

    private static final int ROWS = 1_500;
    private static final int STEPS_WHILE_OPEN = 20;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @ParameterizedTest
    @ValueSource(longs = {21, 22})
    void resultsAreExactAfterASnapshotUnderWriters(long seed) throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Connection held = database.connect();
                RandomChanges changes = new RandomChanges(database::connect, seed);
                Pipeline pipeline = CLUSTER.pipeline(database).leavingNothingOut()) {
            fill(connection);
            changes.write(50);
            held.setAutoCommit(false);
            try (BackgroundWriter writer = new BackgroundWriter(() -> changes.write(1))) {
                pipeline.start();
                // An older open transaction would keep the slot from being made.
                Await.until("the slot is there", () -> !Sql.rows(
                                connection,
                                "SELECT 1 FROM pg_replication_slots WHERE confirmed_flush_lsn IS NOT NULL"
                                        + " AND slot_name = '" + pipeline.slotName() + "'")
                        .isEmpty());
                try (BackgroundWriter holder = new BackgroundWriter(() -> transactionOverSeveralChunks(held, writer))) {
                    pipeline.awaitComplete();
                    holder.awaitSteps(1);
                }
            }

            pipeline.awaitComplete();

            assertThat(Results.differences(connection)).isEmpty();
            // Rows that the snapshot saw raise no unsafe_response, so only what state keeps open is compared.
            Expectations.assertOpenSlaAlertsMatchTheSource(connection);
        }
    }

    @Test
    void emptyTablesHaveTheirSingleRowsFromTheFirstTickOn() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            assertThat(Sql.rows(connection, """
                            SELECT queue, pending_count FROM agentpulse.approval_queue
                            UNION ALL SELECT window_name, requested_count FROM agentpulse.approval_activity
                            UNION ALL SELECT window_name, feedback_count FROM agentpulse.training_quality
                            """))
                    .containsExactlyInAnyOrder("all|0", "1m|0", "5m|0", "1h|0", "1m|0", "5m|0", "1h|0", "24h|0");
            assertThat(Results.differences(connection)).isEmpty();

            Sql.run(
                    connection,
                    "INSERT INTO agent_approvals (status, created_at) SELECT 'pending', as_of - interval '1 second'"
                            + " FROM agentpulse.approval_queue",
                    "INSERT INTO agent_feedback (safe_to_send, created_at) SELECT true, as_of - interval '1 second'"
                            + " FROM agentpulse.approval_queue");
            pipeline.awaitComplete();

            assertThat(Results.differences(connection))
                    .as("rows of the time before the first tick")
                    .isEmpty();
        }
    }

    private static void fill(Connection connection) throws Exception {
        String ages = " FROM generate_series(1, " + ROWS + ") n";
        Sql.run(
                connection,
                "INSERT INTO agent_queries (id, agent, latency_ms, created_at) SELECT 1000000 + n, 'old-' || n % 7, n % 900,"
                        + " now() - n * interval '2 seconds'" + ages,
                "INSERT INTO agent_approvals (id, status, created_at) SELECT 1000000 + n,"
                        + " CASE n % 3 WHEN 0 THEN 'pending' ELSE 'approved' END, now() - n * interval '1 second'"
                        + ages,
                "INSERT INTO agent_feedback (id, safe_to_send, annotator, created_at) SELECT 1000000 + n, n % 4 > 0,"
                        + " 'old', now() - n * interval '20 seconds'" + ages,
                "ANALYZE agent_queries, agent_approvals, agent_feedback");
    }

    /** Chunks read meanwhile do not see it, and the log has it behind changes that they do see. */
    private static void transactionOverSeveralChunks(Connection held, BackgroundWriter writer) throws Exception {
        Sql.run(
                held,
                "UPDATE agent_queries SET agent = 'moved', latency_ms = latency_ms + 1 WHERE id > 1000000 AND id % 10 = 3",
                "UPDATE agent_approvals SET status = 'rejected', updated_at = clock_timestamp()"
                        + " WHERE id > 1000000 AND id % 30 = 3",
                "DELETE FROM agent_feedback WHERE id IN"
                        + " (SELECT id FROM agent_feedback WHERE id > 1000000 ORDER BY id % 101, id LIMIT 40)",
                "INSERT INTO agent_queries (id, agent, latency_ms) SELECT max(id) + 1, 'held', 5 FROM agent_queries");
        writer.awaitSteps(STEPS_WHILE_OPEN);
        held.commit();
    }
}
