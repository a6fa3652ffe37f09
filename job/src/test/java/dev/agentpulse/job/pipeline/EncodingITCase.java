package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Databases that keep their texts in another encoding than UTF-8, which may have bytes that are no character in it. */
class EncodingITCase {

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void textsOfAnotherEncodingAreRead() throws Exception {
        Database database = newDatabase("LATIN1");
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            Sql.run(
                    connection,
                    "INSERT INTO agent_queries (agent, query, latency_ms) VALUES ('Zoë', repeat('ü', 2000), 300)",
                    "INSERT INTO agent_queries (agent) VALUES (repeat('ü', 501))",
                    "INSERT INTO agent_feedback (annotator, labels) VALUES ('ÄÖÜ', ARRAY['ß', chr(133)])");
            pipeline.awaitComplete();

            assertThat(Sql.rows(connection, "SELECT DISTINCT agent FROM agentpulse.agent_performance"))
                    .containsExactly("Zoë");
            assertThat(Results.count(connection, "slow_query")).isEqualTo(1);
        }
    }

    /** In WIN1252 nothing stands for the byte 129. */
    @Test
    void aTextThatTheServerCannotSendEndsTheJobWithASentence() throws Exception {
        Database database = newDatabase("WIN1252");
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            Sql.run(connection, "INSERT INTO agent_queries (agent, query) VALUES ('a', chr(129))");

            assertThat(pipeline.awaitFailure())
                    .contains("The server cannot send a row of the source tables")
                    .contains("has no equivalent in encoding \"UTF8\"")
                    .contains("./agentpulse resync");
        }
    }

    private static Database newDatabase(String encoding) throws Exception {
        Database database =
                SERVER.newDatabase("ENCODING '" + encoding + "' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        database.migrate();
        return database;
    }
}
