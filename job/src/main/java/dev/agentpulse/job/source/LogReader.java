package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.model.LogRecord;
import dev.agentpulse.job.preflight.PartitionedTables;
import dev.agentpulse.pgoutput.ReplicationStream;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the log from the replication slot, in batches that are bounded in records and in bytes of the log. Waits on the
 * socket while there is nothing.
 */
final class LogReader implements AutoCloseable {

    private static final int BATCH_RECORDS = 2_000;
    private static final int BATCH_BYTES = 1 << 20;
    private static final String APPLICATION_NAME = "agentpulse change stream";

    /** How long a read waits for a first message before it returns with none: confirmations wait for it. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final ReplicationStream stream;
    private final ChangeDecoder decoder;
    private final AtomicLong confirmedLsn;
    private final long endOfLog;
    private long lastConfirmedLsn;
    private boolean begun;

    /**
     * Opens the stream.
     *
     * @param startLsn where to begin: transactions that end behind it are read
     * @param confirmedLsn up to where a checkpoint holds everything; told to the server whenever it has moved
     */
    LogReader(DatabaseConfig database, SourceConfig source, long startLsn, AtomicLong confirmedLsn)
            throws SQLException {
        try (Connection connection = DatabaseSessions.open(database, APPLICATION_NAME, SessionKind.SHORT)) {
            this.decoder = new ChangeDecoder(source, PartitionedTables.find(connection, source));
            this.endOfLog = LogPositions.endOfLog(connection);
        }
        this.confirmedLsn = confirmedLsn;
        this.stream = ReplicationStream.builder(
                        database.jdbcUrl(),
                        DatabaseSessions.properties(database, APPLICATION_NAME, SessionKind.REPLICATION))
                .applicationName(APPLICATION_NAME)
                .slot(source.slotName())
                .publication(source.publicationName())
                .startLsn(startLsn)
                .open();
    }

    /** Reads what is there; waits for a while if nothing is. */
    LogBatch read() throws SQLException {
        confirm();
        List<LogRecord> records = new ArrayList<>();
        if (!begun) {
            records.add(LogRecord.logStart(endOfLog));
            begun = true;
        }
        long[] endLsn = {LogBatch.NO_END};
        int bytes = 0;
        ByteBuffer message = stream.read(PATIENCE);
        while (message != null) {
            bytes += message.remaining();
            decoder.decode(message, record -> {
                records.add(record);
                if (record.kind() == LogRecord.Kind.END) {
                    endLsn[0] = record.lsn();
                }
            });
            message = records.size() < BATCH_RECORDS && bytes < BATCH_BYTES ? stream.readPending() : null;
        }
        return new LogBatch(records, endLsn[0], false);
    }

    private void confirm() throws SQLException {
        long lsn = confirmedLsn.get();
        if (lsn > lastConfirmedLsn) {
            stream.confirm(lsn);
            lastConfirmedLsn = lsn;
        }
    }

    @Override
    public void close() throws SQLException {
        stream.close();
    }
}
