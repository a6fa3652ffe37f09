package dev.agentpulse.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.preflight.Finding.Severity;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.PGReplicationStream;

/** What the preflight finds in the slot and in the server's room for one: slots are the server's, not a database's. */
class SlotPreflightITCase {

    @RegisterExtension
    static final SqlServer SERVER =
            new SqlServer(Map.of("max_replication_slots", "3", "max_wal_senders", "2", "max_slot_wal_keep_size", "-1"));

    private static final SourceConfig TARGET = SourceConfig.from(new Configuration());
    private static final String CREATE_SLOT = "SELECT pg_create_logical_replication_slot('agentpulse', 'pgoutput')";

    private Database database;
    private Connection connection;

    @BeforeEach
    void migrate() throws SQLException {
        database = SERVER.newMigratedDatabase();
        connection = database.connect();
    }

    @AfterEach
    void dropSlots() throws SQLException {
        Sql.run(connection, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
        connection.close();
    }

    @Test
    void showsHowFarAGoodSlotIs() throws SQLException {
        Sql.run(connection, CREATE_SLOT);

        assertThat(slotFinding().severity()).isEqualTo(Severity.OK);
        assertThat(slotFinding().message())
                .matches("The slot is there, confirmed up to [0-9A-F]+/[0-9A-F]+, with .* of log to read\\.");
    }

    @Test
    void refusesASlotOfAnotherKind() throws SQLException {
        Sql.run(connection, "SELECT pg_create_physical_replication_slot('agentpulse')");

        assertThat(slotFinding().severity()).isEqualTo(Severity.ERROR);
        assertThat(slotFinding().message()).startsWith("The slot agentpulse is not one of pgoutput for this database");
        assertFixMends();
    }

    @Test
    void leavesASlotOfAnotherDatabaseAloneAndAsksForAnotherName() throws SQLException {
        Database neighbour = SERVER.newDatabase();
        try (Connection other = neighbour.connect()) {
            Sql.run(other, CREATE_SLOT);

            assertThat(slotFinding())
                    .isEqualTo(Finding.error(
                            "slot agentpulse",
                            "Slot names are the server's, and agentpulse belongs to its database " + neighbour.name()
                                    + ": give this job a name of its own.",
                            "./agentpulse cluster submit --config agentpulse.slot.name=agentpulse_2 ..."));

            Sql.run(other, "SELECT pg_drop_replication_slot('agentpulse')");
        }
    }

    @Test
    void warnsWhenAnotherJobReadsTheSlot() throws Exception {
        Sql.run(connection, CREATE_SLOT);
        Properties properties = new Properties();
        PGProperty.USER.set(properties, "postgres");
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        String url = connection.getMetaData().getURL();
        try (Connection replication = DriverManager.getConnection(url, properties);
                PGReplicationStream stream = replication
                        .unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .logical()
                        .withSlotName("agentpulse")
                        .withSlotOption("proto_version", 1)
                        .withSlotOption("publication_names", "agentpulse")
                        .start()) {
            assertThat(stream.isClosed()).isFalse();

            assertThat(slotFinding().severity()).isEqualTo(Severity.WARNING);
            assertThat(slotFinding().message()).contains("only one job can read it");
        }
    }

    @Test
    void countsTheSlotsThatAreFree() throws SQLException {
        assertThat(finding("max_replication_slots").severity()).isEqualTo(Severity.OK);

        Sql.run(
                connection,
                "SELECT pg_create_physical_replication_slot('one')",
                "SELECT pg_create_physical_replication_slot('two')");
        assertThat(finding("max_replication_slots"))
                .isEqualTo(Finding.warning(
                        "max_replication_slots",
                        "Of max_replication_slots = 3, none is left beside the job's, and a gateway takes one while"
                                + " somebody subscribes to changes of the source tables.",
                        "ALTER SYSTEM SET max_replication_slots = 4; -- then restart Postgres"));

        Sql.run(connection, "SELECT pg_create_physical_replication_slot('three')");
        assertThat(finding("max_replication_slots"))
                .isEqualTo(Finding.error(
                        "max_replication_slots",
                        "Of max_replication_slots = 3, none is free, and the job needs one.",
                        "ALTER SYSTEM SET max_replication_slots = 4; -- then restart Postgres"));
    }

    @Test
    void warnsOfALogWithoutLimit() throws SQLException {
        assertThat(finding("max_slot_wal_keep_size").severity()).isEqualTo(Severity.WARNING);
        assertThat(finding("max_slot_wal_keep_size").message()).contains("can fill the disk");
    }

    private Finding slotFinding() throws SQLException {
        return finding("slot agentpulse");
    }

    private Finding finding(String subject) throws SQLException {
        List<Finding> findings = new Preflight().check(connection, TARGET);
        return findings.stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no finding about " + subject + " in " + findings));
    }

    private void assertFixMends() throws SQLException {
        Sql.run(connection, String.valueOf(slotFinding().fix()));
        assertThat(slotFinding().severity()).isEqualTo(Severity.OK);
    }
}
