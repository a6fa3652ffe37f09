package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes buckets of the history tables that ended longer ago than they are to be kept, by the time of the
 * log: partitions as wholes, and of one that is kept in part its oldest rows. First they are taken out of what history
 * reaches back to ({@link HistoryReach}), so that no correction makes one again, and nothing goes that longer buckets do not hold.
 */
final class HistoryRetention {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryRetention.class);

    private static final int BATCH_ROWS = 2000;
    private static final int DROPPED_AT_ONCE = 20;
    private static final long MICROS_PER_MILLI = 1000;

    private static final String DROP = "SELECT agentpulse.drop_history_partition(?, ?, ?::timestamptz)";

    private static final String REMOVE = """
            WITH batch AS MATERIALIZED (
                SELECT #, bucket_start, zone FROM $
                 WHERE bucket = ? AND bucket_start < least(?::timestamptz, (
                     SELECT complete_from FROM agentpulse.history_reach WHERE history_table = ? AND bucket = ?))
                 ORDER BY bucket_start LIMIT %d)
            DELETE FROM $ AS h USING batch AS b
             WHERE h.# = b.# AND h.bucket = ? AND h.bucket_start = b.bucket_start AND h.zone = b.zone
            """.formatted(BATCH_ROWS);

    private final Connection connection;
    private final HistoryConfig config;
    private final HistoryReach reach;

    /** Tables and lengths of which partitions are to be dropped yet: their rows are not removed one by one. */
    private final Set<String> held = new HashSet<>();

    /**
     * Removes history.
     *
     * @param connection with auto-commit off
     * @param comparison what decides whether something may go
     */
    HistoryRetention(Connection connection, HistoryConfig config, HistoryComparison comparison) {
        this.connection = connection;
        this.config = config;
        this.reach = new HistoryReach(connection, comparison);
    }

    /**
     * Drops partitions, each in a transaction of its own, so that readers of one never wait for another. One that somebody
     * reads for long is left for the next time.
     *
     * @return whether there may be more to be dropped at once
     */
    boolean dropPartitions(long asOfMicros, RetentionLog log, long nowMillis) throws SQLException {
        held.clear();
        int dropped = 0;
        for (HistoryBucket length : HistoryBucket.values()) {
            for (HistoryTable table : HistoryTable.values()) {
                boolean more = config.keptMicros(length) > 0;
                while (more && dropped < DROPPED_AT_ONCE) {
                    more = dropOne(table, length, asOfMicros, log, nowMillis);
                    dropped += more ? 1 : 0;
                }
                if (more) {
                    held.add(relation(table, length));
                }
            }
        }
        return dropped == DROPPED_AT_ONCE;
    }

    private boolean dropOne(HistoryTable table, HistoryBucket length, long asOfMicros, RetentionLog log, long nowMillis)
            throws SQLException {
        try {
            boolean moved = reach.moveOn(table, length, Column.text(config.keptFromMicros(length, asOfMicros)));
            Long removed = drop(table, length, Column.text(config.keptFromMicros(length, asOfMicros)));
            if (removed != null) {
                log.addRemoved(relation(table, length), keptMillis(length), removed);
                log.write(nowMillis);
            }
            connection.commit();
            log.committed();
            return moved || removed != null;
        } catch (SQLException e) {
            if (!Retention.isForAnotherTime(e)) {
                throw e;
            }
            connection.rollback();
            log.rolledBack();
            held.add(relation(table, length));
            LOG.info("a partition of {} is dropped later: {}", relation(table, length), e.getMessage());
            return false;
        }
    }

    private @Nullable Long drop(HistoryTable table, HistoryBucket length, String keptFrom) throws SQLException {
        try (PreparedStatement drop = connection.prepareStatement(DROP)) {
            drop.setString(1, table.tableName());
            drop.setString(2, length.text());
            drop.setString(3, keptFrom);
            try (ResultSet removed = drop.executeQuery()) {
                removed.next();
                long rows = removed.getLong(1);
                return removed.wasNull() ? null : rows;
            }
        }
    }

    /**
     * Removes one batch of each table and length from the partition that is kept in part, in a transaction that the caller
     * commits.
     *
     * @return whether there is more to remove
     */
    boolean trim(long asOfMicros, RetentionLog log) throws SQLException {
        boolean more = false;
        for (HistoryBucket length : HistoryBucket.values()) {
            for (HistoryTable table : HistoryTable.values()) {
                String relation = relation(table, length);
                int removed = config.keptMicros(length) > 0 && !held.contains(relation)
                        ? trim(table, length, Column.text(config.keptFromMicros(length, asOfMicros)))
                        : 0;
                // Also what is kept for ever: the log says so.
                log.add(relation, keptMillis(length), removed, reach.heldBack(table, length));
                more |= removed == BATCH_ROWS;
            }
        }
        return more;
    }

    private int trim(HistoryTable table, HistoryBucket length, String keptFrom) throws SQLException {
        String removal = REMOVE.replace("$", "agentpulse." + table.tableName()).replace("#", table.subject());
        try (PreparedStatement remove = connection.prepareStatement(removal)) {
            remove.setString(1, length.text());
            remove.setString(2, keptFrom);
            remove.setString(3, table.tableName());
            remove.setString(4, length.text());
            remove.setString(5, length.text());
            return remove.executeUpdate();
        }
    }

    private long keptMillis(HistoryBucket length) {
        return config.keptMicros(length) / MICROS_PER_MILLI;
    }

    private static String relation(HistoryTable table, HistoryBucket length) {
        return table.tableName() + " " + length.text();
    }
}
