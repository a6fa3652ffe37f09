package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.FrozenProxy;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The network to the database is gone without a word: nothing is refused and nothing ends, but nothing comes either. */
class VanishedDatabaseITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void isNoticedAndNothingIsLostWhenItIsBack() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (FrozenProxy proxy = new FrozenProxy(database.server().getPort());
                Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .withFrequentCheckpoints()
                        .with(
                                JobOptions.DATABASE_URL,
                                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database.name())
                        .startAndCatchUp()) {
            Sql.run(connection, "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (1, 'a', 10)");
            pipeline.awaitComplete();
            assertThat(pipeline.lastFailure()).isEmpty();

            proxy.freeze();
            long frozen = System.nanoTime();
            Sql.run(connection, "INSERT INTO agent_queries (id, agent, latency_ms) VALUES (2, 'a', 20)");
            Await.until("the job notices", () -> !pipeline.lastFailure().isEmpty());
            System.out.println("noticed after " + (System.nanoTime() - frozen) / 1_000_000 + " ms");
            proxy.thaw();
            pipeline.awaitComplete();

            assertThat(Sql.rows(
                            connection,
                            "SELECT query_count FROM agentpulse.agent_performance WHERE window_name = '1h'"))
                    .containsExactly("2");
            assertThat(Results.differences(connection)).isEmpty();
        }
    }
}
