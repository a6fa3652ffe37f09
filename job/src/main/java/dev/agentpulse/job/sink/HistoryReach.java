package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves on from when history of a length is complete, so that what lies before may be removed, a day at a time: only if the
 * longer buckets of that day that are kept yet are there, final, and the sum of what is going to be removed ({@link
 * HistoryComparison}). What is held back stays complete and follows its source rows, so it goes by itself once that is
 * mended. Not for several threads.
 */
final class HistoryReach {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryReach.class);

    /** A day that is held back is looked at again after this time. */
    private static final long PAUSE_NANOS = TimeUnit.HOURS.toNanos(1);

    /** Up to the end of the day of the oldest row. */
    private static final String STEP =
            "SELECT r.complete_from::text, least(?::timestamptz, date_trunc('day', o.oldest, 'UTC') + interval '24"
                    + " hours')::text FROM agentpulse.history_reach AS r CROSS JOIN LATERAL (SELECT min(h.bucket_start) AS"
                    + " oldest FROM agentpulse.%s AS h WHERE h.bucket = r.bucket AND h.bucket_start >= r.complete_from AND"
                    + " h.bucket_start < ?::timestamptz) AS o WHERE r.history_table = ? AND r.bucket = ? AND"
                    + " r.complete_from < ?::timestamptz";

    private static final String MOVE = "UPDATE agentpulse.history_reach SET complete_from = ?::timestamptz"
            + " WHERE history_table = ? AND bucket = ? AND complete_from < ?::timestamptz";

    private final Connection connection;
    private final HistoryComparison comparison;
    private final Map<HistoryTable, Map<HistoryBucket, Held>> held = new EnumMap<>(HistoryTable.class);
    private final Map<HistoryTable, Map<HistoryBucket, Compared>> compared = new EnumMap<>(HistoryTable.class);

    private record Held(String reason, long sinceNanos) {}

    private record Compared(HistoryComparison.Span span, CompletableFuture<Optional<String>> reason) {}

    HistoryReach(Connection connection, HistoryComparison comparison) {
        this.connection = connection;
        this.comparison = comparison;
        for (HistoryTable table : HistoryTable.values()) {
            held.put(table, new EnumMap<>(HistoryBucket.class));
            compared.put(table, new EnumMap<>(HistoryBucket.class));
        }
    }

    /** Why rows that are to be removed are kept; null if none are. */
    @Nullable
    String heldBack(HistoryTable table, HistoryBucket length) {
        Held reason = of(held, table).get(length);
        return reason == null ? null : reason.reason;
    }

    /**
     * Moves it on by the next day that holds rows, in the transaction that is open, unless that is held back or is not
     * compared yet.
     *
     * @param keptFrom from when on buckets are kept, a midnight
     * @return whether it was moved
     */
    boolean moveOn(HistoryTable table, HistoryBucket length, String keptFrom) throws SQLException {
        Held before = of(held, table).get(length);
        if (before != null && System.nanoTime() - before.sinceNanos < PAUSE_NANOS) {
            return false;
        }
        HistoryComparison.Span step = step(table, length, keptFrom);
        if (step != null && length != HistoryBucket.DAY) {
            CompletableFuture<Optional<String>> answer = compared(table, length, step);
            if (!answer.isDone()) {
                return false;
            }
            Optional<String> reason = answer.join();
            if (reason.isPresent()) {
                hold(table, length, step, reason.get());
                return false;
            }
        }
        of(held, table).remove(length);
        if (step == null) {
            return false;
        }
        try (PreparedStatement move = connection.prepareStatement(MOVE)) {
            move.setString(1, step.until());
            move.setString(2, table.tableName());
            move.setString(3, length.text());
            move.setString(4, step.until());
            return move.executeUpdate() > 0;
        }
    }

    /** The comparison of a span, which is begun if it was not. A drop that fails does not ask again. */
    private CompletableFuture<Optional<String>> compared(
            HistoryTable table, HistoryBucket length, HistoryComparison.Span span) {
        Compared last = of(compared, table).get(length);
        if (last == null || !last.span.equals(span)) {
            last = new Compared(span, comparison.compare(table, length, span));
            of(compared, table).put(length, last);
        }
        return last.reason;
    }

    private void hold(HistoryTable table, HistoryBucket length, HistoryComparison.Span span, String reason) {
        Held before = of(held, table).put(length, new Held(reason, System.nanoTime()));
        of(compared, table).remove(length);
        if (before == null || !before.reason.equals(reason)) {
            LOG.warn(
                    "{} {} from {} until {} is kept: {}",
                    table.tableName(),
                    length.text(),
                    span.from(),
                    span.until(),
                    reason);
        }
    }

    private HistoryComparison.@Nullable Span step(HistoryTable table, HistoryBucket length, String keptFrom)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(STEP.formatted(table.tableName()))) {
            query.setString(1, keptFrom);
            query.setString(2, keptFrom);
            query.setString(3, table.tableName());
            query.setString(4, length.text());
            query.setString(5, keptFrom);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? new HistoryComparison.Span(row.getString(1), row.getString(2)) : null;
            }
        }
    }

    private static <T> Map<HistoryBucket, T> of(Map<HistoryTable, Map<HistoryBucket, T>> all, HistoryTable table) {
        return Objects.requireNonNull(all.get(table));
    }
}
