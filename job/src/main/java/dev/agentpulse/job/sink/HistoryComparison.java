package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what retention is going to remove with the longer buckets that stay, in a session and a thread of its own, so that
 * ticks never wait for it: a day of a few hundred agents takes seconds. What was equal once stays so, because a correction is
 * written to all lengths in one transaction.
 */
final class HistoryComparison implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryComparison.class);

    private static final String APPLICATION_NAME = "agentpulse retention";

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

    private final Sessions sessions;
    private final Executor thread;

    /** To be closed under the thread when it has to end. */
    private volatile @Nullable Connection open;

    private volatile boolean closed;

    /** Opens sessions that may read history. */
    interface Sessions {
        Connection open() throws SQLException;
    }

    /**
     * Times of a stretch, as the database writes them.
     *
     * @param from inclusive
     * @param until exclusive
     */
    record Span(String from, String until) {}

    /** A comparison in a thread that is there while there is something to compare. */
    HistoryComparison(DatabaseConfig database) {
        this(
                () -> DatabaseSessions.open(database, APPLICATION_NAME, SessionKind.RESULTS),
                new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread made = new Thread(work, "agentpulse-retention");
                    made.setDaemon(true);
                    return made;
                }));
    }

    /** @param thread does one thing after the other */
    HistoryComparison(Sessions sessions, Executor thread) {
        this.sessions = sessions;
        this.thread = thread;
    }

    /**
     * Compares, one stretch after the other.
     *
     * @return why buckets of this length have to stay; nothing if longer ones hold them
     */
    CompletableFuture<Optional<String>> compare(HistoryTable table, HistoryBucket length, Span span) {
        return CompletableFuture.supplyAsync(() -> reason(table, length, span), thread);
    }

    private Optional<String> reason(HistoryTable table, HistoryBucket length, Span span) {
        try (Connection connection = sessions.open()) {
            open = connection;
            if (closed) {
                throw new SQLException("the job ends");
            }
            return notHeld(connection, table, length, span);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("history that is to be removed cannot be compared now", e);
            return Optional.of("longer buckets cannot be compared: " + e.getMessage());
        } finally {
            open = null;
        }
    }

    private static Optional<String> notHeld(Connection connection, HistoryTable table, HistoryBucket length, Span span)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(notHeldSql(table, length))) {
            query.setString(1, length.text());
            query.setString(2, span.from);
            query.setString(3, span.until);
            query.setString(4, span.from);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                long buckets = row.getLong(1);
                return buckets == 0
                        ? Optional.empty()
                        : Optional.of(buckets + " longer buckets are missing, not final or not the sum of its rows,"
                                + " such as " + row.getString(2));
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

    @Override
    public void close() {
        closed = true;
        Connection connection = open;
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("the connection of retention cannot be closed", e);
            }
        }
    }
}
