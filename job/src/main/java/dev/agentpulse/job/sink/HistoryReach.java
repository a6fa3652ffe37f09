package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves on from when history of a length is complete, so that what lies before may be removed, a day at a time: only if the
 * longer buckets of that day that are kept yet are there, final, and the sum of what is going to be removed. What is held
 * back stays complete and follows its source rows, so it goes by itself once that is mended. Ticks wait meanwhile, so a day
 * that is not compared within a second goes as it is. Not for several threads.
 */
final class HistoryReach {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryReach.class);

    /** A day that is held back is looked at again after this time. */
    private static final long PAUSE_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final int LONGEST_MILLIS = 1000;

    /** What a statement that took too long ends with. */
    private static final String QUERY_CANCELED = "57014";

    /** Up to the end of the day of the oldest row. */
    private static final String STEP =
            "SELECT r.complete_from::text, least(?::timestamptz, date_trunc('day', o.oldest, 'UTC') + interval '24"
                    + " hours')::text FROM agentpulse.history_reach AS r CROSS JOIN LATERAL (SELECT min(h.bucket_start) AS"
                    + " oldest FROM agentpulse.%s AS h WHERE h.bucket = r.bucket AND h.bucket_start >= r.complete_from AND"
                    + " h.bucket_start < ?::timestamptz) AS o WHERE r.history_table = ? AND r.bucket = ? AND"
                    + " r.complete_from < ?::timestamptz";

    private static final String MOVE = "UPDATE agentpulse.history_reach SET complete_from = ?::timestamptz"
            + " WHERE history_table = ? AND bucket = ? AND complete_from < ?::timestamptz";

    /** A longer bucket that began before the span has other parts, too, and one before its own reach may be gone. */
    private static final String NOT_HELD = """
        WITH short AS MATERIALIZED (
            SELECT h.#, h.zone, %1$s AS at, %2$s
              FROM agentpulse.$ AS h
             WHERE h.bucket = ? AND h.bucket_start >= ?::timestamptz AND h.bucket_start < ?::timestamptz
             GROUP BY 1, 2, 3),
        length AS (
            SELECT r.bucket, length.duration, r.complete_from, r.incomplete_start
              FROM %3$s
              JOIN agentpulse.history_reach AS r ON r.history_table = '$' AND r.bucket = length.bucket
             WHERE length.number > %8$d),
        total AS (
            SELECT s.#, s.zone, l.bucket, %9$s AS bucket_start, %4$s
              FROM short AS s CROSS JOIN length AS l
             WHERE %9$s >= l.complete_from AND %9$s IS DISTINCT FROM l.incomplete_start
             GROUP BY 1, 2, 3, 4)
        SELECT count(*), min(concat_ws(' ', t.bucket, t.bucket_start, t.#))
          FROM total AS t LEFT JOIN agentpulse.$ AS h
            ON h.# = t.# AND h.bucket = t.bucket AND h.bucket_start = t.bucket_start AND h.zone = t.zone
         WHERE (%5$s) <> (%6$s)
           AND (h.final IS NOT TRUE OR t.bucket_start >= ?::timestamptz AND (%5$s) IS DISTINCT FROM (%7$s))
        """;

    private final Connection connection;
    private final int longestMillis;
    private final Map<HistoryTable, Map<HistoryBucket, Held>> held = new EnumMap<>(HistoryTable.class);
    private final Map<HistoryTable, Map<HistoryBucket, Span>> checked = new EnumMap<>(HistoryTable.class);

    private record Span(String from, String until) {}

    private record Held(String reason, long sinceNanos) {}

    HistoryReach(Connection connection) {
        this(connection, LONGEST_MILLIS);
    }

    /** @param longestMillis how long ticks may wait for the comparison of a day */
    HistoryReach(Connection connection, int longestMillis) {
        this.connection = connection;
        this.longestMillis = longestMillis;
        for (HistoryTable table : HistoryTable.values()) {
            held.put(table, new EnumMap<>(HistoryBucket.class));
            checked.put(table, new EnumMap<>(HistoryBucket.class));
        }
    }

    /** Why rows that are to be removed are kept; null if none are. */
    @Nullable
    String heldBack(HistoryTable table, HistoryBucket length) {
        Held reason = of(held, table).get(length);
        return reason == null ? null : reason.reason;
    }

    /**
     * Moves it on by the next day that holds rows, in the transaction that is open, unless that is held back.
     *
     * @param keptFrom from when on buckets are kept, a midnight
     * @return whether it was moved
     */
    boolean moveOn(HistoryTable table, HistoryBucket length, String keptFrom) throws SQLException {
        Held before = of(held, table).get(length);
        if (before != null && System.nanoTime() - before.sinceNanos < PAUSE_NANOS) {
            return false;
        }
        Span step = step(table, length, keptFrom);
        if (step != null && !step.equals(of(checked, table).get(length))) {
            String reason = length == HistoryBucket.DAY ? null : notHeld(table, length, step);
            if (reason != null) {
                if (before == null || !before.reason.equals(reason)) {
                    LOG.warn(
                            "{} {} from {} until {} is kept: {}",
                            table.tableName(),
                            length.text(),
                            step.from,
                            step.until,
                            reason);
                }
                of(held, table).put(length, new Held(reason, System.nanoTime()));
                return false;
            }
            // Corrections are of all lengths at once, so it stays like this; a drop that fails does not ask again.
            of(checked, table).put(length, step);
        }
        of(held, table).remove(length);
        if (step == null) {
            return false;
        }
        try (PreparedStatement move = connection.prepareStatement(MOVE)) {
            move.setString(1, step.until);
            move.setString(2, table.tableName());
            move.setString(3, length.text());
            move.setString(4, step.until);
            return move.executeUpdate() > 0;
        }
    }

    private @Nullable Span step(HistoryTable table, HistoryBucket length, String keptFrom) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(STEP.formatted(table.tableName()))) {
            query.setString(1, keptFrom);
            query.setString(2, keptFrom);
            query.setString(3, table.tableName());
            query.setString(4, length.text());
            query.setString(5, keptFrom);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? new Span(row.getString(1), row.getString(2)) : null;
            }
        }
    }

    private @Nullable String notHeld(HistoryTable table, HistoryBucket length, Span step) throws SQLException {
        Savepoint begin = connection.setSavepoint();
        try (Statement limit = connection.createStatement()) {
            limit.execute("SET LOCAL statement_timeout = " + longestMillis);
            return compare(table, length, step);
        } catch (SQLException e) {
            if (!QUERY_CANCELED.equals(e.getSQLState())) {
                throw e;
            }
            LOG.warn(
                    "{} {} from {} until {} goes without being compared with longer buckets, which takes too long",
                    table.tableName(),
                    length.text(),
                    step.from,
                    step.until);
            return null;
        } finally {
            connection.rollback(begin); // takes the limit back, too
        }
    }

    private @Nullable String compare(HistoryTable table, HistoryBucket length, Span step) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(notHeldSql(table, length))) {
            query.setString(1, length.text());
            query.setString(2, step.from);
            query.setString(3, step.until);
            query.setString(4, step.from);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                long buckets = row.getLong(1);
                return buckets == 0
                        ? null
                        : buckets + " longer buckets are missing, not final or not the sum of its rows, such as "
                                + row.getString(2);
            }
        }
    }

    private static String notHeldSql(HistoryTable table, HistoryBucket length) {
        List<String> parts =
                Stream.concat(table.counts().stream(), table.sums().stream()).toList();
        return NOT_HELD.formatted(
                        HistorySql.start("interval '15 minutes'", "h.bucket_start"),
                        each(parts, "sum(h.%1$s) AS %1$s"),
                        HistorySql.LENGTHS,
                        each(parts, "sum(s.%1$s) AS %1$s"),
                        each(parts, "t.%s"),
                        each(parts, "0"),
                        each(parts, "h.%s"),
                        length.place() + 1,
                        HistorySql.start("l.duration", "s.at"))
                .replace("$", table.tableName())
                .replace("#", table.subject());
    }

    private static String each(List<String> parts, String pattern) {
        return parts.stream().map(pattern::formatted).collect(Collectors.joining(", "));
    }

    private static <T> Map<HistoryBucket, T> of(Map<HistoryTable, Map<HistoryBucket, T>> all, HistoryTable table) {
        return Objects.requireNonNull(all.get(table));
    }
}
