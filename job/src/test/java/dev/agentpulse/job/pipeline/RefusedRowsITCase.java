package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody's trigger, constraint or change on a table of ours that refuses whatever comes: it ends the job, with a sentence. */
class RefusedRowsITCase {

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void aLedgerThatRefusesEntriesEndsTheJob() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            Sql.run(
                    connection,
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                            + " $$ BEGIN RAISE EXCEPTION 'nobody writes here'; END $$",
                    "CREATE TRIGGER refuse BEFORE INSERT ON agentpulse.rejected_change"
                            + " FOR EACH ROW EXECUTE FUNCTION refuse()",
                    "INSERT INTO agent_queries (agent, latency_ms) VALUES ('a', -1)");

            assertThat(pipeline.awaitFailure())
                    .contains("The database refuses what agentpulse ledger writes", "nobody writes here");
        }
    }

    @Test
    void aHeartbeatThatIsRefusedEndsTheJob() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            Sql.run(connection, "ALTER TABLE agentpulse.heartbeat ADD CONSTRAINT still CHECK (beat < 0) NOT VALID");

            assertThat(pipeline.awaitFailure())
                    .contains("The database refuses what agentpulse heartbeat writes", "still");
        }
    }

    @Test
    void aResultTableWithoutOneOfItsColumnsEndsTheJob() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            Sql.run(connection, "ALTER TABLE agentpulse.agent_performance DROP COLUMN human_edited_count CASCADE");
            Sql.run(connection, "INSERT INTO agent_queries (agent, latency_ms) VALUES ('a', 1)");

            assertThat(pipeline.awaitFailure())
                    .contains("The database refuses what agentpulse tick writer writes", "human_edited_count");
        }
    }

    @Test
    void rowsThatMustNotBeRemovedStopNothing() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time, written_at)"
                            + " VALUES ('old', 'agent_queries_stream', '{}', '2020-01-01', '2020-01-01')",
                    "CREATE TABLE seen (event_key text REFERENCES agentpulse.channel_event (event_key))",
                    "INSERT INTO seen VALUES ('old')");
            try (Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
                Sql.run(connection, "INSERT INTO agent_queries (agent, latency_ms) VALUES ('a', 1)");
                pipeline.awaitComplete();

                assertThat(pipeline.lastFailure()).isEmpty();
                assertThat(Sql.rows(
                                connection, "SELECT event_key FROM agentpulse.channel_event WHERE event_key = 'old'"))
                        .containsExactly("old");
            }
        }
    }
}
