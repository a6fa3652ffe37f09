package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Ways in which the connector as it comes loses rows, and that ours does not: see docs/decisions/0003-change-source.md.
 * Bulk loads with failures are in {@link RestartITCase}, missing slots in {@link SlotGuardITCase}.
 */
class SourceGuardsITCase {

    private static final String COUNT =
            "SELECT query_count FROM agentpulse.agent_performance WHERE agent = 'a' AND window_name = '1h'";

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void theFirstRowAfterARestoreIsRead() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            insert(connection, 1);
            pipeline.awaitComplete();
            for (int id = 2; id <= 4; id++) {
                pipeline.awaitCheckpoint();
                pipeline.cancel();
                insert(connection, id);
                pipeline.resume().awaitComplete();

                assertThat(Sql.rows(connection, COUNT)).containsExactly(Integer.toString(id));
            }
        }
    }

    @Test
    void aFailedTaskLosesNothing() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline =
                        CLUSTER.pipeline(database).withFrequentCheckpoints().startAndCatchUp()) {
            insert(connection, 1);
            pipeline.awaitComplete();
            for (int id = 2; id <= 4; id++) {
                pipeline.terminateBackend("agentpulse tick writer");
                insert(connection, id);
                pipeline.awaitComplete();

                assertThat(Sql.rows(connection, COUNT)).containsExactly(Integer.toString(id));
            }
        }
    }

    @Test
    void aTransactionThatWasOpenAtTheRestoredPositionIsReadWhole() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Connection open = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            open.setAutoCommit(false);
            insert(open, 1);
            insert(connection, 2);
            pipeline.awaitComplete();
            pipeline.awaitCheckpoint();
            pipeline.cancel();
            open.commit();
            pipeline.resume().awaitComplete();

            assertThat(Sql.rows(connection, COUNT)).containsExactly("2");
        }
    }

    @Test
    void aMissingPublicationIsNotMadeOnTheFly() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)) {
            Sql.run(connection, "DROP PUBLICATION agentpulse");

            assertThat(pipeline.start().awaitFailure()).contains("The publication agentpulse does not exist.");
            assertThat(Sql.rows(connection, "SELECT pubname FROM pg_publication"))
                    .isEmpty();
        }
    }

    /** What went wrong while it was away: the checkpoint helps nobody to be right. */
    @Test
    void aJobThatGoesOnLooksAtItsPrerequisitesAgain() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            pipeline.awaitCheckpoint();
            pipeline.cancel();
            Sql.run(
                    connection,
                    "ALTER TABLE agent_queries REPLICA IDENTITY DEFAULT",
                    "ALTER PUBLICATION agentpulse DROP TABLE agent_feedback");

            assertThat(pipeline.resume().awaitFailure())
                    .contains("An update or delete of public.agent_queries does not say what the row was before.")
                    .contains("ALTER PUBLICATION agentpulse ADD TABLE public.agent_feedback");
        }
    }

    private static void insert(Connection connection, int id) throws Exception {
        Sql.run(connection, "INSERT INTO agent_queries (id, agent) VALUES (" + id + ", 'a')");
    }
}
