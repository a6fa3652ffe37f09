package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.AgentHistoryChange;
import dev.agentpulse.job.model.AgentHistoryRow;
import dev.agentpulse.job.model.TickProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code agent_performance_history} in the transactions of ticks.
 *
 * <p>What a tick has of history is written if it is newer than the last tick that was written: a replay may cut ticks
 * otherwise, so of one that is new a part may be in the tables already. A row as a whole is newer if it is complete to a
 * later time; a correction if its transaction is. Rows come first, because a correction is of a bucket that had ended.
 */
final class AgentHistory {

    private static final Comparator<AgentHistoryChange> IN_THE_ORDER_OF_THE_LOG =
            Comparator.comparingLong(AgentHistoryChange::timeMicros).thenComparingInt(AgentHistoryChange::ordinal);

    /** Rows that are ahead of their time by more than this may be missing after an upgrade; see the decision. */
    private static final long BEGIN_MARGIN_MICROS = 5 * 60_000_000L;

    private static final long SNAPSHOT_MARGIN_MICROS = 60_000_000;

    /** Entries of distributions that a statement takes: a megabyte or two. */
    private static final int STATEMENT_LATENCIES = 200_000;

    private static final String BEFORE_ALL = "-infinity";

    private static final String REMOVE_OPEN = "DELETE FROM " + HistorySql.TABLE + " AS h USING " + HistorySql.LENGTHS
            + ", (SELECT ?::timestamptz AS complete_from, ?::timestamptz AS last) AS b WHERE h.bucket = length.bucket"
            + " AND h.bucket_start > least(b.complete_from, b.last) - length.duration"
            + " AND (NOT h.final OR h.bucket_start >= b.complete_from)";

    private static final String SET_REACH =
            "INSERT INTO agentpulse.history_reach (history_table, bucket, complete_from)"
                    + " SELECT '" + HistorySql.NAME + "', length.bucket, ?::timestamptz FROM " + HistorySql.LENGTHS
                    + " ON CONFLICT (history_table, bucket) DO UPDATE SET complete_from = EXCLUDED.complete_from";

    private final Connection connection;
    private final HistoryConfig config;
    private final AgentHistoryUpsertStatement upsert;
    private final AgentHistoryCorrectStatement correct;
    private final AgentHistoryTruncation truncation;

    AgentHistory(Connection connection, HistoryConfig config, int slowMs) {
        this.connection = connection;
        this.config = config;
        this.upsert = new AgentHistoryUpsertStatement(slowMs);
        this.correct = new AgentHistoryCorrectStatement(slowMs);
        this.truncation = new AgentHistoryTruncation(connection, config, slowMs);
    }

    /**
     * History begins anew: what it had before stays as it is, but for buckets that had not ended and those that are
     * written again.
     *
     * @param read whether the tables were read for it, so that it holds some time before
     * @param knownMicros a time that the job has read everything up to
     * @param lastMicros time of the last tick of before; null if there was none
     */
    void begin(boolean read, long knownMicros, @Nullable Long lastMicros) throws SQLException {
        long from =
                read ? knownMicros - config.reachMicros() + SNAPSHOT_MARGIN_MICROS : knownMicros + BEGIN_MARGIN_MICROS;
        String completeFrom = Column.text(from);
        try (PreparedStatement remove = connection.prepareStatement(REMOVE_OPEN);
                PreparedStatement set = connection.prepareStatement(SET_REACH)) {
            remove.setString(1, completeFrom);
            remove.setString(2, lastMicros == null ? BEFORE_ALL : Column.text(lastMicros));
            remove.executeUpdate();
            set.setString(1, completeFrom);
            set.executeUpdate();
        }
    }

    /** @param lastMicros time of the last tick that was written */
    void writeRows(Collection<AgentHistoryRow> rows, long lastMicros, TickProgress tick, RowWriter writer)
            throws SQLException {
        List<AgentHistoryRow> part = new ArrayList<>();
        long latencies = 0;
        for (AgentHistoryRow row : rows) {
            if (row.completeToMicros() > lastMicros) {
                part.add(row);
                latencies += row.parts().latencyValues().length;
            }
            if (latencies >= STATEMENT_LATENCIES) {
                writer.write(upsert, WrittenHistory.rows(part, tick));
                part.clear();
                latencies = 0;
            }
        }
        writer.write(upsert, WrittenHistory.rows(part, tick));
    }

    /** @param lastMicros time of the last tick that was written */
    void writeChanges(Collection<AgentHistoryChange> changes, long lastMicros, TickProgress tick, RowWriter writer)
            throws SQLException {
        List<AgentHistoryChange> corrections = new ArrayList<>();
        AgentHistoryChange before = null;
        for (AgentHistoryChange change :
                changes.stream().sorted(IN_THE_ORDER_OF_THE_LOG).toList()) {
            if (change.timeMicros() <= lastMicros) {
                continue;
            }
            if (change.kind() == AgentHistoryChange.Kind.CORRECTION) {
                corrections.add(change);
            } else if (before == null || IN_THE_ORDER_OF_THE_LOG.compare(before, change) != 0) {
                // Every subtask reports it, and the second time there is nothing left.
                writer.write(correct, WrittenHistory.changes(corrections, tick));
                corrections.clear();
                truncation.write(change.timeMicros(), tick);
            }
            before = change;
        }
        writer.write(correct, WrittenHistory.changes(corrections, tick));
    }
}
