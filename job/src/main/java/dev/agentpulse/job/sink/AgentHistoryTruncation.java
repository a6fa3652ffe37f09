package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.TickProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Corrects {@code agent_performance_history} after a TRUNCATE: the minutes that ended lately become empty, and so do the
 * longer buckets that are made of such minutes alone. Of one that reaches further back, what is older stays: it is summed
 * up from its minutes. Older buckets stay as they are.
 */
final class AgentHistoryTruncation {

    private static final int EMPTIED_ROWS = 2000;
    private static final int SUMMED_ROWS = 20;

    /** What was purged stays counted. */
    private static final List<String> SUMS = HistorySql.SUMS.stream()
            .filter(column -> !column.equals("purged_rows"))
            .toList();

    private static final String CORRECTED =
            "revision = t.revision + 1, corrected_at = ?::timestamptz, as_of = ?::timestamptz, commit_lsn = ?::pg_lsn";

    private static final String EMPTY = "UPDATE " + HistorySql.TABLE + " AS t SET query_count = 0, latency_count = 0,"
            + " latency_sum_ms = 0, latency_values = '{}', latency_counts = '{}', approved_count = 0,"
            + " rejected_count = 0, human_edited_count = 0, slow_query_count = 0, "
            + HistorySql.join(HistorySql.FROM_HISTOGRAM, "$ = NULL") + ", " + CORRECTED + " WHERE ctid = ANY (ARRAY("
            + "SELECT ctid FROM " + HistorySql.TABLE + " AS h WHERE h.bucket = ? AND h.zone = 'UTC'"
            + " AND h.bucket_start >= greatest(?::timestamptz, " + HistorySql.completeFrom("h.bucket") + ")"
            + " AND h.bucket_end <= ?::timestamptz AND h.query_count <> 0 LIMIT " + EMPTIED_ROWS + "))";

    private final Connection connection;
    private final HistoryConfig config;
    private final String sumUp;

    AgentHistoryTruncation(Connection connection, HistoryConfig config, int slowMs) {
        this.connection = connection;
        this.config = config;
        this.sumUp = """
                WITH part AS MATERIALIZED (
                    SELECT h.agent, h.bucket, h.bucket_start, h.bucket_end FROM %1$s AS h
                    WHERE h.bucket = ? AND h.zone = 'UTC' AND h.bucket_start = ?::timestamptz
                      AND h.bucket_start >= %2$s AND h.bucket_end <= ?::timestamptz AND (h.agent > ?::text) IS NOT FALSE
                    ORDER BY h.agent LIMIT %3$d),
                minute AS MATERIALIZED (
                    SELECT p.agent AS of_agent, p.bucket AS of_bucket, p.bucket_start AS of_start, m.*
                    FROM part AS p JOIN %1$s AS m ON m.agent = p.agent AND m.bucket = '1m' AND m.zone = 'UTC'
                        AND m.bucket_start >= p.bucket_start AND m.bucket_start < p.bucket_end),
                entry AS (
                    SELECT m.of_agent AS agent, m.of_bucket AS bucket, m.of_start AS bucket_start, e.value, e.times
                    FROM minute AS m, unnest(m.latency_values, m.latency_counts) AS e (value, times)),
                %4$s,
                summed AS (
                    SELECT p.agent, p.bucket, p.bucket_start, %5$s
                    FROM part AS p LEFT JOIN minute AS m ON m.of_agent = p.agent
                    GROUP BY p.agent, p.bucket, p.bucket_start),
                updated AS (
                    UPDATE %1$s AS t SET %6$s, latency_values = coalesce(g.latency_values, '{}'),
                        latency_counts = coalesce(g.latency_counts, '{}'), %7$s,
                        slow_query_count = coalesce(g.slow_query_count, 0), %8$s
                    FROM summed AS s LEFT JOIN histogram AS g USING (agent, bucket, bucket_start)
                    WHERE t.agent = s.agent AND t.bucket = s.bucket AND t.bucket_start = s.bucket_start
                      AND t.zone = 'UTC')
                SELECT max(agent), count(*) FROM part""".formatted(
                        HistorySql.TABLE,
                        HistorySql.completeFrom("h.bucket"),
                        SUMMED_ROWS,
                        HistorySql.histogram(slowMs),
                        HistorySql.join(SUMS, "coalesce(sum(m.$), 0)::bigint AS $"),
                        HistorySql.join(SUMS, "$ = s.$"),
                        HistorySql.join(HistorySql.FROM_HISTOGRAM, "$ = g.$"),
                        CORRECTED);
    }

    /** @param truncateMicros time of the transaction */
    void write(long truncateMicros, TickProgress tick) throws SQLException {
        long firstMinute = HistoryBucket.MINUTE.startOf(truncateMicros - config.correctDeletesMicros());
        for (HistoryBucket length : HistoryBucket.values()) {
            empty(length, firstMinute, truncateMicros, tick);
        }
        for (HistoryBucket length : HistoryBucket.values()) {
            if (length.startOf(firstMinute) < firstMinute) {
                sumUp(length, length.startOf(firstMinute), truncateMicros, tick);
            }
        }
    }

    private void empty(HistoryBucket length, long firstMinute, long truncateMicros, TickProgress tick)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(EMPTY)) {
            bindTick(update, 1, tick);
            update.setString(4, length.text());
            update.setString(5, Column.text(firstMinute));
            update.setString(6, Column.text(truncateMicros));
            int emptied;
            do {
                emptied = update.executeUpdate();
            } while (emptied == EMPTIED_ROWS);
        }
    }

    private void sumUp(HistoryBucket length, long start, long truncateMicros, TickProgress tick) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sumUp)) {
            @Nullable String behind = null;
            int summed;
            do {
                update.setString(1, length.text());
                update.setString(2, Column.text(start));
                update.setString(3, Column.text(truncateMicros));
                update.setString(4, behind);
                bindTick(update, 5, tick);
                try (ResultSet last = update.executeQuery()) {
                    last.next();
                    summed = last.getInt(2);
                    if (summed > 0) {
                        behind = last.getString(1);
                    }
                }
            } while (summed == SUMMED_ROWS);
        }
    }

    private static void bindTick(PreparedStatement update, int first, TickProgress tick) throws SQLException {
        String asOf = Column.text(tick.asOfMicros());
        update.setString(first, asOf);
        update.setString(first + 1, asOf);
        update.setString(first + 2, LogSequenceNumber.valueOf(tick.lsn()).asString());
    }
}
