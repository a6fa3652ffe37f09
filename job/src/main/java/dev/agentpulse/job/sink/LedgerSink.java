package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;
import org.postgresql.replication.LogSequenceNumber;

/** Writes the ledger with flink-connector-jdbc: append-only, at least once, and a key makes it exactly once. */
public final class LedgerSink {

    private static final String INSERT = """
            INSERT INTO agentpulse.rejected_change
                (event_key, source_table, row_key, reason, change, commit_lsn, rejected_at)
            VALUES (?, ?, ?, ?, ?::jsonb, ?::pg_lsn, clock_timestamp())
            ON CONFLICT (event_key) DO NOTHING
            """;

    private static final int BATCH_ROWS = 500;
    private static final int BATCH_MILLIS = 200;

    /** With a longer pause before each: somebody may hold a lock on the table. */
    private static final int RETRIES = 5;

    private LedgerSink() {}

    public static JdbcSink<LedgerEntry> create(DatabaseConfig database) {
        return JdbcSink.<LedgerEntry>builder()
                .withQueryStatement(INSERT, (statement, entry) -> {
                    statement.setString(1, entry.eventKey());
                    statement.setString(2, entry.sourceTable());
                    statement.setString(3, entry.rowKey());
                    statement.setString(4, entry.reason());
                    statement.setString(5, entry.changeJson());
                    statement.setString(
                            6, LogSequenceNumber.valueOf(entry.lsn()).asString());
                })
                .withExecutionOptions(JdbcExecutionOptions.builder()
                        .withBatchSize(BATCH_ROWS)
                        .withBatchIntervalMs(BATCH_MILLIS)
                        .withMaxRetries(RETRIES)
                        .build())
                .buildAtLeastOnce(DatabaseSessions.provider(database, "agentpulse ledger"));
    }
}
