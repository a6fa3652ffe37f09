package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is read from is changed under the running job, in ways that it cannot do without a word. */
class ChangedSourceITCase {

    private static final String LEDGER = "SELECT row_key, reason FROM agentpulse.rejected_change ORDER BY event_key";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void publicationThatWasNotThereForAChangeEndsTheJobWithASentence() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            connection.setAutoCommit(false);
            Sql.run(
                    connection,
                    "DROP PUBLICATION agentpulse",
                    "INSERT INTO agent_queries (id, agent) VALUES (1, 'a')",
                    "CREATE PUBLICATION agentpulse FOR TABLE agent_queries, agent_approvals, agent_feedback,"
                            + " agentpulse.heartbeat WITH (publish_via_partition_root = true)");
            connection.commit();

            assertThat(pipeline.awaitFailure())
                    .contains("The publication agentpulse was not there when a change was made")
                    .contains("./agentpulse resync");
        }
    }

    @Test
    void changesWithoutABeforeImageAreNoted() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            Sql.run(
                    connection,
                    "INSERT INTO agent_queries (id, agent) VALUES (1, 'a'), (2, 'a'), (3, 'a')",
                    "ALTER TABLE agent_queries REPLICA IDENTITY DEFAULT",
                    "UPDATE agent_queries SET agent = 'b' WHERE id = 1",
                    "UPDATE agent_queries SET id = 4 WHERE id = 2",
                    "DELETE FROM agent_queries WHERE id = 3",
                    "ALTER TABLE agent_queries REPLICA IDENTITY FULL",
                    "INSERT INTO agent_queries (id, agent) VALUES (5, 'c')");
            pipeline.awaitComplete();

            awaitLedger(connection, "1|missing_before_image", "4|missing_before_image", "3|missing_before_image");
            assertThat(Sql.rows(
                            connection,
                            "SELECT agent, query_count FROM agentpulse.agent_performance WHERE window_name = '1h'"
                                    + " ORDER BY agent"))
                    .as("nothing was taken out, and nothing put in twice")
                    .containsExactly("a|3", "c|1");
            assertThat(pipeline.lastFailure()).isEmpty();
        }
    }

    @Test
    void aPartitionWithoutFullIdentityInventsNothing() throws Exception {
        Database database = SERVER.newDatabase();
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "CREATE TABLE agent_queries (id bigint, conversation_id text, agent text NOT NULL, query text,"
                            + " latency_ms int, approved bool, human_edited bool, created_at timestamptz DEFAULT now(),"
                            + " PRIMARY KEY (id, created_at)) PARTITION BY RANGE (created_at)",
                    "CREATE TABLE agent_approvals (id bigint PRIMARY KEY, conversation_id text, status text,"
                            + " approved_by text, created_at timestamptz DEFAULT now(), updated_at timestamptz)",
                    "CREATE TABLE agent_feedback (id bigint PRIMARY KEY, conversation_id text, safe_to_send bool,"
                            + " labels text[], rubric jsonb, annotator text, created_at timestamptz DEFAULT now(),"
                            + " updated_at timestamptz)");
            database.migrateUserTables();
            try (Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
                Sql.run(
                        connection,
                        "CREATE TABLE part PARTITION OF agent_queries FOR VALUES FROM (MINVALUE) TO (MAXVALUE)",
                        "INSERT INTO agent_queries (id, agent) VALUES (1, 'a'), (2, 'a')",
                        "DELETE FROM agent_queries WHERE id = 1");
                pipeline.awaitComplete();

                awaitLedger(connection, "1|missing_before_image");
                assertThat(Sql.rows(connection, "SELECT DISTINCT agent FROM agentpulse.agent_performance"))
                        .containsExactly("a");
                assertThat(pipeline.lastFailure()).isEmpty();
            }
        }
    }

    @Test
    void columnsThatChangeTheirTypeAreReadOrNoted() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            Sql.run(
                    connection,
                    "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (1, 'a', 100), (2, 'a', 200)",
                    "ALTER TABLE agent_queries ALTER latency_ms TYPE numeric(9, 3)",
                    "UPDATE agent_queries SET latency_ms = 300 WHERE id = 1",
                    "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (3, 'b', 1.5)",
                    "ALTER TABLE agent_queries ALTER latency_ms TYPE float8",
                    "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (4, 'a', 1e300), (5, 'a', 400)",
                    "DELETE FROM agent_queries WHERE id = 2",
                    "ALTER TABLE agent_queries ALTER latency_ms TYPE numeric");
            pipeline.awaitComplete();

            assertThat(Results.differences(connection)).isEmpty();
            Sql.run(
                    connection,
                    "ALTER TABLE agent_queries DROP latency_ms",
                    "INSERT INTO agent_queries (id, agent) VALUES (6, 'a')");
            pipeline.awaitComplete();
            awaitLedger(
                    connection,
                    "3|latency_not_a_whole_number",
                    "4|latency_out_of_range",
                    "6|missing_column_latency_ms");
            assertThat(pipeline.lastFailure()).isEmpty();
        }
    }

    @Test
    void rowsThatCannotBeTakenOutBecauseAColumnChangedAreNoted() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            Sql.run(
                    connection,
                    "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (1, 'a', 100), (2, 'a', 200), (3, 'a', 300),"
                            + " (4, 'a', -4), (5, 'a', -5)",
                    "DELETE FROM agent_queries WHERE id = 4",
                    "ALTER TABLE agent_queries ALTER latency_ms TYPE bigint USING -latency_ms",
                    "DELETE FROM agent_queries WHERE id = 1",
                    "UPDATE agent_queries SET latency_ms = 250 WHERE id = 2",
                    "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (6, 'a', -6)",
                    "DELETE FROM agent_queries WHERE id = 6",
                    "ALTER TABLE agent_queries DROP latency_ms",
                    "INSERT INTO agent_queries (id, agent) VALUES (7, 'a')",
                    "DELETE FROM agent_queries WHERE id IN (3, 7)",
                    "INSERT INTO agent_queries (id, agent) VALUES (8, 'a')");
            pipeline.awaitComplete();

            // Those that were noted when they were written (4, 6, 7) are not when they go.
            awaitLedger(
                    connection,
                    "4|negative_latency",
                    "5|negative_latency",
                    "1|negative_latency",
                    "2|negative_latency",
                    "6|negative_latency",
                    "7|missing_column_latency_ms",
                    "3|missing_column_latency_ms",
                    "8|missing_column_latency_ms");
            assertThat(pipeline.lastFailure()).isEmpty();
        }
    }

    /** It is written on its own, a moment later. */
    private static void awaitLedger(Connection connection, String... entries) throws Exception {
        Await.until("the ledger is complete", () -> Sql.rows(connection, LEDGER).size() >= entries.length);
        assertThat(Sql.rows(connection, LEDGER)).isEqualTo(List.of(entries));
    }
}
