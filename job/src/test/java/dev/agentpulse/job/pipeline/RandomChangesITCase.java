package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.RandomChanges;
import dev.agentpulse.proof.Results;
import java.sql.Connection;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is written, once it has been read the results are what plain SQL says, and nothing is lost or doubled. */
class RandomChangesITCase {

    private static final int TRANSACTIONS = 400;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void resultsEqualPlainSql(long seed) throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                RandomChanges changes = new RandomChanges(database::connect, seed);
                Pipeline pipeline =
                        CLUSTER.pipeline(database).leavingNothingOut().startAndCatchUp()) {
            changes.write(TRANSACTIONS / 2);
            changes.writeHugeText();
            changes.write(TRANSACTIONS / 2);

            pipeline.awaitComplete();

            assertThat(Results.differences(connection)).isEmpty();
            Expectations.assertMet(connection, changes.expected());
        }
    }
}
