package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Writes the ledger with flink-connector-jdbc: append-only, at least once, and a key makes it exactly once.
 *
 * <p>A row that a snapshot finds is no event: it is noted only if the ledger does not name it for this reason yet. A start
 * that fails may have read its change from the stream and noted it, before the next one finds it in the table. Likewise a
 * row that goes or is mended after its table was altered: it was noted if it was unusable when it was written.
 */
public final class LedgerSink {

    static final String INSERT = """
            INSERT INTO agentpulse.rejected_change
                (event_key, source_table, row_key, reason, change, commit_lsn, rejected_at)
            SELECT entry.*, clock_timestamp()
              FROM (VALUES (?, ?, ?, ?, ?::jsonb, ?::pg_lsn)) AS entry (event_key, source_table, row_key, reason, change, lsn)
             WHERE NOT (? AND EXISTS (
                   SELECT FROM agentpulse.rejected_change AS noted
                    WHERE noted.source_table = entry.source_table
                      AND noted.row_key = entry.row_key
                      AND noted.reason = entry.reason))
            ON CONFLICT (event_key) DO NOTHING
            """;

    private static final int BATCH_ROWS = 500;
    private static final int BATCH_MILLIS = 200;

    /** With a longer pause before each: somebody may hold a lock on the table. */
    private static final int RETRIES = 5;

    private LedgerSink() {}

    public static JdbcSink<LedgerEntry> create(DatabaseConfig database) {
        return JdbcSink.<LedgerEntry>builder()
                .withQueryStatement(INSERT, LedgerSink::bind)
                .withExecutionOptions(JdbcExecutionOptions.builder()
                        .withBatchSize(BATCH_ROWS)
                        .withBatchIntervalMs(BATCH_MILLIS)
                        .withMaxRetries(RETRIES)
                        .build())
                .buildAtLeastOnce(DatabaseSessions.provider(database, "agentpulse ledger"));
    }

    static void bind(PreparedStatement statement, LedgerEntry entry) throws SQLException {
        statement.setString(1, entry.eventKey());
        statement.setString(2, entry.sourceTable());
        statement.setString(3, entry.rowKey());
        statement.setString(4, entry.reason());
        statement.setString(5, entry.changeJson());
        statement.setString(6, LogSequenceNumber.valueOf(entry.lsn()).asString());
        statement.setBoolean(7, entry.unlessNoted());
    }
}
