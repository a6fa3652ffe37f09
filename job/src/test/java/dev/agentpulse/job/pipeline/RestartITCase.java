package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.RandomChanges;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The job is stopped at random moments, and its tasks fail, while writers go on, bulk loads among them. Nothing is lost,
 * nothing is doubled, and no reader could tell afterwards.
 */
class RestartITCase {

    private static final int RESTARTS = 3;
    private static final int MOST_STEPS_BETWEEN = 150;
    private static final int COPIED_ROWS = 3_000;
    private static final Duration COPY_PAUSE = Duration.ofSeconds(3);
    private static final Duration AUDIT_INTERVAL = Duration.ofMillis(500);
    private static final int LARGE_TRANSACTION_ROWS = 50_000;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void resultsAreExactAfterRestarts(long seed) throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                RandomChanges changes = new RandomChanges(database::connect, seed);
                Pipeline pipeline = CLUSTER.pipeline(database)
                        .leavingNothingOut()
                        .withFrequentCheckpoints()
                        .with(JobOptions.AUDIT_INTERVAL, AUDIT_INTERVAL)
                        .startAndCatchUp()) {
            Random random = new Random(seed);
            try (BackgroundWriter writer = new BackgroundWriter(() -> changes.write(1))) {
                for (int restart = 1; restart <= RESTARTS; restart++) {
                    try (BackgroundWriter bulkWriter =
                            new BackgroundWriter(COPY_PAUSE, () -> changes.copy(COPIED_ROWS))) {
                        bulkWriter.awaitSteps(1);
                        writer.awaitSteps(random.nextInt(MOST_STEPS_BETWEEN));
                        if (restart % 2 == 0) {
                            pipeline.terminateBackend("agentpulse tick writer");
                        } else {
                            pipeline.restart();
                        }
                    }
                    if (restart == 2) {
                        changes.writeLargeTransaction(LARGE_TRANSACTION_ROWS);
                    }
                }
            }

            pipeline.awaitComplete();

            assertThat(Results.differences(connection)).isEmpty();
            Expectations.assertNoMismatch(connection);
            Expectations.assertMet(connection, changes.expected());
            assertThat(Sql.rows(
                            connection, "SELECT count(*) - count(DISTINCT event_key) FROM agentpulse.channel_event"))
                    .containsExactly("0");
        }
    }
}
