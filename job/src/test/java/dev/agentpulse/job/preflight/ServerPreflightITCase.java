package dev.agentpulse.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the preflight finds in a server as it comes: no logical decoding, no room for a stream. */
class ServerPreflightITCase {

    @RegisterExtension
    static final SqlServer SERVER =
            new SqlServer(Map.of("wal_level", "replica", "max_wal_senders", "0", "max_slot_wal_keep_size", "64MB"));

    @Test
    void namesTheSettingsToChange() throws SQLException {
        try (Connection connection = SERVER.newDatabase().connect()) {
            assertThat(new Preflight().check(connection, SourceConfig.from(new Configuration())))
                    .contains(
                            Finding.error(
                                    "wal_level",
                                    "wal_level is replica, but a change stream needs logical.",
                                    "ALTER SYSTEM SET wal_level = 'logical'; -- then restart Postgres"),
                            Finding.error(
                                    "max_wal_senders",
                                    "Of max_wal_senders = 0, none is free, and the job needs one.",
                                    "ALTER SYSTEM SET max_wal_senders = 1; -- then restart Postgres"),
                            Finding.warning(
                                    "max_slot_wal_keep_size",
                                    "The slot keeps at most 64MB of log: a job that is stopped while more is written"
                                            + " has to start again from a new snapshot.",
                                    "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'; SELECT pg_reload_conf();"
                                            + " -- what the disk can spare"));
        }
    }

    @Test
    void refusesADatabaseThatDoesNotKnowWhatItsTextsAre() throws SQLException {
        Database ascii = SERVER.newDatabase("ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
        Database latin = SERVER.newDatabase("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");

        try (Connection inAscii = ascii.connect();
                Connection inLatin = latin.connect()) {
            assertThat(encoding(inAscii).message())
                    .isEqualTo("The database's encoding is SQL_ASCII, so its texts may hold bytes that are no text in"
                            + " UTF-8.");
            assertThat(encoding(inLatin)).isEqualTo(Finding.ok("encoding", "The database's encoding is LATIN1."));
        }
    }

    private static Finding encoding(Connection connection) throws SQLException {
        return new Preflight()
                .check(connection, SourceConfig.from(new Configuration())).stream()
                        .filter(finding -> finding.subject().equals("encoding"))
                        .findFirst()
                        .orElseThrow();
    }
}
