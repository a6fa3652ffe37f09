package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.HistoryBucket;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Removes buckets of {@code agent_performance_history} that ended longer ago than they are to be kept, by the time of the
 * log. First they are taken out of what history reaches back to, so that no correction makes one again.
 */
final class HistoryRetention {

    private static final int BATCH_ROWS = 2000;

    private static final String MOVE_REACH = "UPDATE agentpulse.history_reach SET complete_from = ?::timestamptz"
            + " WHERE history_table = '" + HistorySql.NAME + "' AND bucket = ? AND complete_from < ?::timestamptz";

    private static final String REMOVE =
            "DELETE FROM " + HistorySql.TABLE + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + HistorySql.TABLE
                    + " WHERE bucket = ? AND bucket_start < ?::timestamptz LIMIT " + BATCH_ROWS + "))";

    private final Connection connection;
    private final HistoryConfig config;

    HistoryRetention(Connection connection, HistoryConfig config) {
        this.connection = connection;
        this.config = config;
    }

    /**
     * Removes one batch of each length, in a transaction that the caller commits.
     *
     * @return whether there is more to remove
     */
    boolean trim(long asOfMicros) throws SQLException {
        boolean more = false;
        for (HistoryBucket length : HistoryBucket.values()) {
            long kept = config.keptMicros(length);
            if (kept > 0) {
                more |= trim(length, Column.text(length.startOf(asOfMicros - kept)));
            }
        }
        return more;
    }

    private boolean trim(HistoryBucket length, String keptFrom) throws SQLException {
        try (PreparedStatement move = connection.prepareStatement(MOVE_REACH);
                PreparedStatement remove = connection.prepareStatement(REMOVE)) {
            move.setString(1, keptFrom);
            move.setString(2, length.text());
            move.setString(3, keptFrom);
            move.executeUpdate();
            remove.setString(1, length.text());
            remove.setString(2, keptFrom);
            return remove.executeUpdate() == BATCH_ROWS;
        }
    }
}
