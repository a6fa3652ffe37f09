package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A reader sees each source transaction whole or not at all, also while the job fails and comes back. */
class TransactionIsNeverSplitITCase {

    private static final long SEED = 51;
    private static final int ROWS = 200;
    private static final int PICTURES = 20;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void sumOverAgentsIsConstantWhileRowsMoveBetweenThem() throws Exception {
        System.out.println("moves with seed " + SEED);
        Random random = new Random(SEED);
        Database database = SERVER.newMigratedDatabase();
        try (Connection reader = database.connect();
                Connection mover = database.connect();
                Pipeline pipeline =
                        CLUSTER.pipeline(database).withFrequentCheckpoints().withParallelism(2)) {
            Sql.run(
                    mover,
                    "INSERT INTO agent_queries (id, agent, latency_ms) SELECT n, 'left', 10 FROM generate_series(1, "
                            + ROWS + ") n");
            pipeline.startAndCatchUp();
            mover.setAutoCommit(false);
            Set<String> pictures = new HashSet<>();
            try (BackgroundWriter writer = new BackgroundWriter(() -> move(mover, random))) {
                Await.until("the reader has seen " + PICTURES + " pictures", () -> {
                    List<String> rows = Sql.rows(
                            reader,
                            "SELECT agent, query_count FROM agentpulse.agent_performance WHERE window_name = '1h'"
                                    + " ORDER BY agent");
                    assertThat(rows.stream()
                                    .mapToInt(row -> Integer.parseInt(row.substring(row.indexOf('|') + 1)))
                                    .sum())
                            .as("%s", rows)
                            .isEqualTo(ROWS);
                    if (pictures.add(rows.toString()) && pictures.size() == PICTURES / 2) {
                        pipeline.terminateBackend("agentpulse tick writer");
                    }
                    return pictures.size() >= PICTURES;
                });
                writer.awaitSteps(1);
            }
        }
    }

    /** Moves a random range to the other side, one statement a row. */
    private static void move(Connection mover, Random random) throws Exception {
        int first = 1 + random.nextInt(ROWS);
        int last = Math.min(ROWS, first + random.nextInt(40));
        for (int id = first; id <= last; id++) {
            Sql.run(
                    mover,
                    "UPDATE agent_queries SET agent = CASE agent WHEN 'left' THEN 'right' ELSE 'left' END WHERE id = "
                            + id);
        }
        mover.commit();
    }
}
