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

/** The job goes on with more subtasks, and with fewer again, while writers go on. */
class RescaleITCase {

    private static final int STEPS_BETWEEN = 60;
    private static final int COPIED_ROWS = 2_000;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @ParameterizedTest
    @ValueSource(longs = {71, 72})
    void resultsAreExactAfterRescaling(long seed) throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                RandomChanges changes = new RandomChanges(database::connect, seed);
                Pipeline pipeline =
                        CLUSTER.pipeline(database).leavingNothingOut().startAndCatchUp()) {
            try (BackgroundWriter writer = new BackgroundWriter(() -> changes.write(1))) {
                for (int parallelism : new int[] {4, 2}) {
                    writer.awaitSteps(STEPS_BETWEEN);
                    changes.copy(COPIED_ROWS);
                    pipeline.awaitCheckpoint();
                    pipeline.withParallelism(parallelism).restart();
                    writer.awaitSteps(STEPS_BETWEEN);
                    pipeline.awaitComplete();
                }
            }

            pipeline.awaitComplete();

            assertThat(Results.differences(connection)).isEmpty();
            Expectations.assertMet(connection, changes.expected());
        }
    }
}
