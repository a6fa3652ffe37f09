package dev.agentpulse.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that keeps next to no log for a slot: what was not read in time is gone. */
class LostSlotPreflightITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer(Map.of("max_slot_wal_keep_size", "0"));

    @Test
    void refusesASlotThatLostLogUntilItIsDropped() throws SQLException {
        try (Connection connection = SERVER.newMigratedDatabase().connect()) {
            Sql.run(connection, "SELECT pg_create_logical_replication_slot('agentpulse', 'pgoutput')");
            // The log goes in whole files: fill some, and let a checkpoint remove them.
            for (int file = 0; file < 4; file++) {
                Sql.run(
                        connection,
                        "UPDATE agentpulse.heartbeat SET beat = beat + 1",
                        "SELECT pg_switch_wal()",
                        "CHECKPOINT");
            }

            Finding lost = slot(connection);
            Sql.run(connection, String.valueOf(lost.fix()));

            assertThat(lost)
                    .isEqualTo(Finding.error(
                            "slot agentpulse",
                            "The slot has lost log that was not read yet, so changes are missing and only a new"
                                    + " snapshot helps.",
                            "SELECT pg_drop_replication_slot('agentpulse'); -- and start without the old state:"
                                    + " ./agentpulse resync does both"));
            assertThat(slot(connection).message()).isEqualTo("The slot does not exist yet; the job will make it.");
        }
    }

    private static Finding slot(Connection connection) throws SQLException {
        return new Preflight()
                .check(connection, SourceConfig.from(new Configuration())).stream()
                        .filter(finding -> finding.subject().equals("slot agentpulse"))
                        .findFirst()
                        .orElseThrow();
    }
}
