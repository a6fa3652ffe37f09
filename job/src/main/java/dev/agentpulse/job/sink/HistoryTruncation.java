package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.TickProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Corrects a history table after a TRUNCATE of its source: the minutes that ended lately become empty, and so do the
 * longer buckets that are made of such minutes alone. Of one that reaches further back, what is older stays: it is summed
 * up from its minutes. Older buckets stay as they are.
 */
final class HistoryTruncation {

    private static final int EMPTIED_ROWS = 2000;
    private static final int SUMMED_ROWS = 20;

    private static final String CORRECTED =
            "revision = t.revision + 1, corrected_at = ?::timestamptz, as_of = ?::timestamptz, commit_lsn = ?::pg_lsn";

    private final Connection connection;
    private final HistoryConfig config;
    private final String empty;
    private final String sumUp;

    HistoryTruncation(Connection connection, HistoryConfig config, HistoryColumns of) {
        this.connection = connection;
        this.config = config;
        String table = of.qualifiedName();
        String subject = of.table().subject();
        // What was purged stays counted.
        List<String> replaced = of.additive().stream()
                .filter(column -> !column.equals(HistoryColumns.PURGED))
                .toList();
        List<String> arrays = of.spreads().stream()
                .flatMap(spread -> Stream.of(spread.values(), spread.times()))
                .toList();
        String derived = of.derived().stream()
                .map(column -> column.column() + " = " + column.none() + ", ")
                .collect(Collectors.joining());
        this.empty = "WITH batch AS MATERIALIZED (SELECT h." + subject + ", h.bucket, h.bucket_start, h.zone FROM "
                + table + " AS h WHERE h.bucket = ? AND h.zone = 'UTC'"
                + " AND h.bucket_start >= greatest(?::timestamptz, " + of.completeFrom("h.bucket") + ")"
                + " AND h.bucket_end <= ?::timestamptz AND " + of.notEmpty("h.") + " LIMIT " + EMPTIED_ROWS + ")"
                + " UPDATE " + table + " AS t SET " + HistoryColumns.join(replaced, "$ = 0") + ", "
                + HistoryColumns.join(arrays, "$ = '{}'") + ", " + derived + CORRECTED + " FROM batch AS b WHERE t."
                + subject + " = b." + subject
                + " AND t.bucket = b.bucket AND t.bucket_start = b.bucket_start AND t.zone = b.zone";
        this.sumUp = """
                WITH part AS MATERIALIZED (
                    SELECT h.%1$s, h.bucket, h.bucket_start, h.bucket_end FROM %2$s AS h
                    WHERE h.bucket = ? AND h.zone = 'UTC' AND h.bucket_start = ?::timestamptz
                      AND h.bucket_start >= %3$s AND h.bucket_end <= ?::timestamptz AND (h.%1$s > ?::text) IS NOT FALSE
                    ORDER BY h.%1$s LIMIT %4$d),
                minute AS MATERIALIZED (
                    SELECT p.%1$s, p.bucket, p.bucket_start, %5$s
                    FROM part AS p JOIN %2$s AS m ON m.%1$s = p.%1$s AND m.bucket = '1m' AND m.zone = 'UTC'
                        AND m.bucket_start >= p.bucket_start AND m.bucket_start < p.bucket_end),
                %6$s,
                summed AS (
                    SELECT p.%1$s, p.bucket, p.bucket_start, %7$s
                    FROM part AS p LEFT JOIN minute AS m USING (%8$s)
                    GROUP BY p.%1$s, p.bucket, p.bucket_start),
                updated AS (
                    UPDATE %2$s AS t SET %9$s, %10$s, %11$s
                    FROM summed AS s%12$s
                    WHERE t.%1$s = s.%1$s AND t.bucket = s.bucket AND t.bucket_start = s.bucket_start
                      AND t.zone = 'UTC')
                SELECT max(%1$s), count(*) FROM part""".formatted(
                        subject,
                        table,
                        of.completeFrom("h.bucket"),
                        SUMMED_ROWS,
                        Stream.concat(of.additive().stream(), arrays.stream())
                                .map(column -> "m." + column)
                                .collect(Collectors.joining(", ")),
                        of.spreadExpressions(spread -> of.entries(spread, "minute")),
                        of.summed("m."),
                        of.key(),
                        HistoryColumns.join(replaced, "$ = s.$"),
                        HistoryColumns.join(of.joined(), column -> column.column() + " = " + column.value()),
                        CORRECTED,
                        of.spreadJoins());
    }

    /**
     * Corrects what there is.
     *
     * @param truncateMicros time of the transaction
     * @param fromMicros what lies before it stays
     */
    void write(long truncateMicros, long fromMicros, TickProgress tick) throws SQLException {
        long firstMinute =
                Math.max(fromMicros, HistoryBucket.MINUTE.startOf(truncateMicros - config.correctDeletesMicros()));
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
        try (PreparedStatement update = connection.prepareStatement(empty)) {
            update.setString(1, length.text());
            update.setString(2, Column.text(firstMinute));
            update.setString(3, Column.text(truncateMicros));
            bindTick(update, 4, tick);
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
