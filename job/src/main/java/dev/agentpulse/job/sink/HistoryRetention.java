package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Removes buckets of the history tables that ended longer ago than they are to be kept, by the time of the
 * log. First they are taken out of what history reaches back to, so that no correction makes one again.
 */
final class HistoryRetention {

    private static final int BATCH_ROWS = 2000;
    private static final long MICROS_PER_MILLI = 1000;

    private static final String MOVE_REACH = "UPDATE agentpulse.history_reach SET complete_from = ?::timestamptz"
            + " WHERE history_table = ? AND bucket = ? AND complete_from < ?::timestamptz";

    private static final String REMOVE = "DELETE FROM $ WHERE ctid = ANY (ARRAY(SELECT ctid FROM $"
            + " WHERE bucket = ? AND bucket_start < ?::timestamptz LIMIT " + BATCH_ROWS + "))";

    private final Connection connection;
    private final HistoryConfig config;

    HistoryRetention(Connection connection, HistoryConfig config) {
        this.connection = connection;
        this.config = config;
    }

    /**
     * Removes one batch of each table and length, in a transaction that the caller commits.
     *
     * @return whether there is more to remove
     */
    boolean trim(long asOfMicros, RetentionLog log) throws SQLException {
        boolean more = false;
        for (HistoryBucket length : HistoryBucket.values()) {
            long kept = config.keptMicros(length);
            for (HistoryTable table : HistoryTable.values()) {
                int removed = kept > 0 ? trim(table, length, Column.text(length.startOf(asOfMicros - kept))) : 0;
                // Also what is kept for ever: the log says so.
                log.add(table.tableName() + " " + length.text(), kept / MICROS_PER_MILLI, removed);
                more |= removed == BATCH_ROWS;
            }
        }
        return more;
    }

    private int trim(HistoryTable table, HistoryBucket length, String keptFrom) throws SQLException {
        String removal = REMOVE.replace("$", "agentpulse." + table.tableName());
        try (PreparedStatement move = connection.prepareStatement(MOVE_REACH);
                PreparedStatement remove = connection.prepareStatement(removal)) {
            move.setString(1, keptFrom);
            move.setString(2, table.tableName());
            move.setString(3, length.text());
            move.setString(4, keptFrom);
            move.executeUpdate();
            remove.setString(1, length.text());
            remove.setString(2, keptFrom);
            return remove.executeUpdate();
        }
    }
}
