package dev.agentpulse.job.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the ledger keeps of rows that come more than once. */
class LedgerSinkITCase {

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    private Connection writer;

    @BeforeEach
    void migrate() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        writer = database.connect();
    }

    @AfterEach
    void close() throws SQLException {
        writer.close();
    }

    @Test
    void rowOfSnapshotIsNotedOnceForEachReason() throws SQLException {
        write(ofSnapshot("a", "7", "missing_agent"), ofSnapshot("a", "7", "missing_agent"));
        write(ofSnapshot("b", "7", "negative_latency"), ofSnapshot("c", "8", "missing_agent"));

        assertThat(entries()).containsExactly("a|7|missing_agent", "b|7|negative_latency", "c|8|missing_agent");
    }

    @Test
    void rowThatTheStreamNotedIsNotNotedAgainByTheSnapshotOfTheNextStart() throws SQLException {
        write(ofStream("a", "7", "missing_agent"));
        write(ofSnapshot("b", "7", "missing_agent"));

        assertThat(entries()).containsExactly("a|7|missing_agent");
    }

    @Test
    void eachChangeOfTheStreamIsNoted() throws SQLException {
        write(ofSnapshot("a", "7", "missing_agent"));
        write(ofStream("b", "7", "missing_agent"), ofStream("c", "7", "missing_agent"));
        write(ofStream("c", "7", "missing_agent"));

        assertThat(entries()).containsExactly("a|7|missing_agent", "b|7|missing_agent", "c|7|missing_agent");
    }

    @Test
    void rowsWithoutKeyAreToldApartByTheirOwnKeysOnly() throws SQLException {
        write(ofSnapshot("a", null, "missing_id"), ofSnapshot("b", null, "missing_id"));
        write(ofSnapshot("b", null, "missing_id"));

        assertThat(entries()).containsExactly("a|null|missing_id", "b|null|missing_id");
    }

    private static LedgerEntry ofSnapshot(String eventKey, @Nullable String rowKey, String reason) {
        return new LedgerEntry(eventKey, "agent_queries", rowKey, reason, "{}", 0, true);
    }

    private static LedgerEntry ofStream(String eventKey, @Nullable String rowKey, String reason) {
        return new LedgerEntry(eventKey, "agent_queries", rowKey, reason, "{}", 1, false);
    }

    private void write(LedgerEntry... entries) throws SQLException {
        try (PreparedStatement statement = writer.prepareStatement(LedgerSink.INSERT)) {
            for (LedgerEntry entry : entries) {
                LedgerSink.bind(statement, entry);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private List<String> entries() throws SQLException {
        return Sql.rows(writer, "SELECT event_key, row_key, reason FROM agentpulse.rejected_change ORDER BY event_key");
    }
}
