package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Results;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rows are read in one piece. This JVM has more heap than a task manager, so some of it is taken away. */
class WideRowITCase {

    private static final int MEGABYTE = 1 << 20;

    /** What Flink gives a task manager of {@code taskmanager.memory.process.size: 2 gb}. */
    private static final int TASK_MANAGER_MEGABYTES = 900;

    private static final int PIECE_MEGABYTES = 16;

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    private final List<byte[]> takenAway = new ArrayList<>();

    @AfterEach
    void giveBack() {
        takenAway.clear();
    }

    private void leaveHeapOf(int megabytes) {
        long all = Runtime.getRuntime().maxMemory() / MEGABYTE;
        while (all - (long) takenAway.size() * PIECE_MEGABYTES > megabytes) {
            takenAway.add(new byte[PIECE_MEGABYTES * MEGABYTE]);
        }
    }

    @Test
    void aHundredMegabytesAreReadWithTheDefaultMemory() throws Exception {
        leaveHeapOf(TASK_MANAGER_MEGABYTES);
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database)) {
            Sql.run(connection, insert(1, 100_000_000), "ALTER TABLE agent_queries ADD COLUMN wide text");
            pipeline.startAndCatchUp();
            for (String change : List.of(
                    insert(2, 100_000_000),
                    "UPDATE agent_queries SET latency_ms = 20 WHERE id = 1",
                    "UPDATE agent_queries SET query = repeat('r', 100000000) WHERE id = 2",
                    "UPDATE agent_queries SET wide = repeat('w', 100000000) WHERE id = 1",
                    "INSERT INTO agent_feedback (labels, rubric, annotator)"
                            + " VALUES (array_fill(repeat('l', 1000), ARRAY[100000]), '{\"tone\": 1}', 'x')",
                    "DELETE FROM agent_queries WHERE id = 2")) {
                Sql.run(connection, change);
                pipeline.awaitComplete();

                assertThat(Results.differences(connection)).as(change).isEmpty();
                assertThat(pipeline.lastFailure()).as(change).isEmpty();
            }
            assertThat(Sql.rows(connection, "SELECT reason FROM agentpulse.rejected_change"))
                    .containsExactly("labels_too_long");
        }
    }

    @Test
    void aRowForWhichThereIsNoMemoryEndsTheJobWithASentence() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            leaveHeapOf(450);
            Sql.run(connection, insert(1, 500_000_000));

            assertThat(pipeline.awaitFailure())
                    .contains("A change of the log is larger than the memory that is free here")
                    .contains("taskmanager.memory.process.size")
                    .contains("./agentpulse resync");
        }
    }

    private static String insert(int id, int bytes) {
        return "INSERT INTO agent_queries (id, agent, latency_ms, query) VALUES (" + id + ", 'a', 10, repeat('q', "
                + bytes + "))";
    }
}
