package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A slot that has lost part of the log ends the job, with a sentence that says so. There is no silent gap. */
class SlotGuardITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer(Map.of("max_slot_wal_keep_size", "16MB", "max_wal_size", "32MB"));

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void aMissingSlotEndsTheJob() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            pipeline.awaitCheckpoint();
            pipeline.cancel();
            pipeline.dropSlot();

            pipeline.resume();

            assertThat(pipeline.awaitFailure())
                    .contains(
                            "The replication slot " + pipeline.slotName() + " does not exist (any more)",
                            "Start the job without the checkpoint");
        }
    }

    @Test
    void anInvalidatedSlotEndsTheJob() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect();
                Pipeline pipeline = CLUSTER.pipeline(database).startAndCatchUp()) {
            pipeline.awaitCheckpoint();
            pipeline.cancel();
            Await.until("the server gives the slot up", () -> {
                Sql.run(
                        connection,
                        "SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000))",
                        "SELECT pg_switch_wal()",
                        "CHECKPOINT");
                return Sql.rows(
                                connection,
                                "SELECT wal_status FROM pg_replication_slots WHERE slot_name = '" + pipeline.slotName()
                                        + "'")
                        .contains("lost");
            });

            pipeline.resume();

            assertThat(pipeline.awaitFailure()).contains("has lost log that was not read yet");
        }
    }
}
