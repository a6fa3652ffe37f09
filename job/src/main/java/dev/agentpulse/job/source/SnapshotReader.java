package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.LogRecord;
import dev.agentpulse.job.model.SnapshotStart;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.PendingStatus;
import dev.agentpulse.job.preflight.SourceColumn;
import dev.agentpulse.pgoutput.Tuple;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of one table that can still matter, in one read-only transaction whose snapshot decides which changes of
 * the log they hold. Rows come in the same text form as in the log and are read by the same code.
 */
final class SnapshotReader implements AutoCloseable {

    private static final int BATCH_ROWS = 500;
    private static final int BATCH_BYTES = 1 << 20;

    /** The driver holds as many rows as it fetches, and no row is wider than this: so few that it matters little. */
    private static final int FETCH_BYTES = 32 << 20;

    /** What the snapshot holds, and the time, in this order. */
    private static final String START =
            "SELECT pg_current_snapshot()::text, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    private final SourceTable table;
    private final List<SourceColumn> columns;
    private final int[] places;
    private final long slotLsn;
    private final Connection connection;
    private final PreparedStatement statement;
    private @Nullable LogRecord start;
    private final ResultSet rows;
    private long rowsRead;

    /**
     * Takes the snapshot and begins to read.
     *
     * @param slotLsn where the slot begins, which must have been made before
     * @param eventsFromLsn see {@link SnapshotStart}
     */
    SnapshotReader(JobConfig config, SourceTable table, long slotLsn, long eventsFromLsn) throws SQLException {
        this.table = table;
        this.columns = SourceColumn.of(table);
        this.places = IntStream.range(0, columns.size()).toArray();
        this.slotLsn = slotLsn;
        this.connection = DatabaseSessions.open(config.capture(), "agentpulse snapshot", SessionKind.READING);
        try {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            SnapshotStart snapshot = takeSnapshot(slotLsn, eventsFromLsn);
            start = LogRecord.snapshotStart(snapshot);
            String pending = table == SourceTable.APPROVALS
                    ? PendingStatus.condition(connection, config.source().table(table))
                    : null;
            statement = connection.prepareStatement(SnapshotQuery.of(config.source(), table, pending));
            statement.setFetchSize(fetchRows(columns));
            SnapshotQuery.bind(statement, snapshot.timeMicros() - config.mattersMicros());
            rows = statement.executeQuery();
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static int fetchRows(List<SourceColumn> columns) {
        int widest = columns.stream().mapToInt(SourceColumn::length).sum();
        return Math.max(1, Math.min(BATCH_ROWS, FETCH_BYTES / widest));
    }

    private SnapshotStart takeSnapshot(long slotLsn, long eventsFromLsn) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet taken = query.executeQuery(START)) {
            taken.next();
            return new SnapshotStart(table, taken.getString(1), taken.getLong(2), slotLsn, eventsFromLsn);
        }
    }

    SourceTable table() {
        return table;
    }

    long rowsRead() {
        return rowsRead;
    }

    /** The next rows; the last batch says that the snapshot is finished. */
    LogBatch read() throws SQLException {
        List<LogRecord> records = new ArrayList<>();
        if (start != null) {
            records.add(start);
            start = null;
        }
        boolean more = true;
        int bytes = 0;
        for (int i = 0; i < BATCH_ROWS && bytes < BATCH_BYTES && more; i++) {
            more = rows.next();
            if (more) {
                rowsRead++;
                SourceImage image = new SourceImage(columns, places, tuple(), null);
                bytes += image.bytes();
                records.add(LogRecord.snapshotRow(ChangeDecoder.found(table, image)));
            }
        }
        return new LogBatch(records, slotLsn, !more);
    }

    private Tuple tuple() throws SQLException {
        byte[] @Nullable [] values = new byte[columns.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = rows.getBytes(i + 1);
        }
        return Tuple.of(values);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
