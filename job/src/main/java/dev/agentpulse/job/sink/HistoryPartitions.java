package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.HistoryTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the partitions made that rows of history need: ahead of the time, and whichever is missing before a row is written.
 * What is known to be there is remembered, so a row costs no question. Not for several threads.
 */
final class HistoryPartitions {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryPartitions.class);

    /** From so far ahead on nothing waits for a partition, even if none can be made for days. */
    private static final long AHEAD_MICROS = TimeUnit.DAYS.toMicros(7);

    private static final String TIMES = "(extract(epoch FROM nullif(since, '-infinity')) * 1000000)::bigint AS since,"
            + " (extract(epoch FROM nullif(until, 'infinity')) * 1000000)::bigint AS until";

    private static final String MAKE =
            "SELECT " + TIMES + " FROM agentpulse.make_history_partition(?, ?, ?::timestamptz, ?)";

    private static final String LOOK = "SELECT bucket, " + TIMES + " FROM agentpulse.history_partitions(?)";

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Connection connection;
    private final boolean everywhere;

    /** Of each table and length the times for which nothing has to be made, by their starts; with their ends. */
    private final Map<HistoryTable, Map<HistoryBucket, NavigableMap<Long, Long>>> known =
            new EnumMap<>(HistoryTable.class);

    /** The tables of which all partitions were looked for: asking for one is as much work. */
    private final Set<HistoryTable> seen = EnumSet.noneOf(HistoryTable.class);

    private @Nullable Long failedNanos;

    /** @param everywhere whether rows are written where history is not complete yet, too */
    HistoryPartitions(Connection connection, boolean everywhere) {
        this.connection = connection;
        this.everywhere = everywhere;
        forget();
    }

    /** A transaction that may have made some is rolled back, or history begins at another time now. */
    void forget() {
        seen.clear();
        for (HistoryTable table : HistoryTable.values()) {
            Map<HistoryBucket, NavigableMap<Long, Long>> lengths = new EnumMap<>(HistoryBucket.class);
            for (HistoryBucket length : HistoryBucket.values()) {
                lengths.put(length, new TreeMap<>());
            }
            known.put(table, lengths);
        }
    }

    /** Before rows are written. */
    void makeFor(HistoryTable table, Collection<HistoryRow> rows) throws SQLException {
        for (HistoryRow row : rows) {
            make(table, row.bucket(), row.startMicros());
        }
    }

    /** Before corrections are written. */
    void makeForCorrections(HistoryTable table, Collection<HistoryCorrection> corrections) throws SQLException {
        for (HistoryCorrection correction : corrections) {
            for (HistoryBucket length : HistoryBucket.values()) {
                if (length.place() < correction.endedBuckets()) {
                    make(table, length, length.startOf(correction.minuteMicros()));
                }
            }
        }
    }

    /**
     * Makes one partition ahead of the time, or looks whether it is there, in a transaction of its own between two ticks. What
     * cannot be made now is tried again.
     */
    void makeAhead(long asOfMicros) throws SQLException {
        long now = System.nanoTime();
        if (failedNanos != null && now - failedNanos < PAUSE_NANOS) {
            return;
        }
        failedNanos = null;
        try {
            if (makeOneAhead(asOfMicros)) {
                connection.commit();
            }
        } catch (SQLException e) {
            failedNanos = now;
            forget();
            connection.rollback();
            LOG.warn("a partition cannot be made ahead of the time now, and is tried again: {}", e.getMessage());
        }
    }

    /** Whether there was one to be made, or to be looked for. */
    private boolean makeOneAhead(long asOfMicros) throws SQLException {
        for (HistoryTable table : HistoryTable.values()) {
            for (HistoryBucket length : HistoryBucket.values()) {
                long at = asOfMicros;
                while (at <= asOfMicros + AHEAD_MICROS) {
                    Long until = until(table, length, at);
                    if (until == null) {
                        make(table, length, at);
                        return true;
                    }
                    at = until;
                }
            }
        }
        return false;
    }

    /** Where the known times that hold this one end; null if it is in none. */
    private @Nullable Long until(HistoryTable table, HistoryBucket length, long atMicros) {
        Map.Entry<Long, Long> before = of(table, length).floorEntry(atMicros);
        return before != null && before.getValue() > atMicros ? before.getValue() : null;
    }

    private NavigableMap<Long, Long> of(HistoryTable table, HistoryBucket length) {
        return Objects.requireNonNull(Objects.requireNonNull(known.get(table)).get(length));
    }

    /** Before a row of a bucket is written. */
    void make(HistoryTable table, HistoryBucket length, long startMicros) throws SQLException {
        if (until(table, length, startMicros) != null) {
            return;
        }
        if (seen.add(table)) {
            look(table);
            if (until(table, length, startMicros) != null) {
                return;
            }
        }
        try (PreparedStatement query = connection.prepareStatement(MAKE)) {
            query.setString(1, table.tableName());
            query.setString(2, length.text());
            query.setString(3, Column.text(startMicros));
            query.setBoolean(4, everywhere);
            try (ResultSet times = query.executeQuery()) {
                times.next();
                note(table, length, times);
            }
        }
    }

    private void look(HistoryTable table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(LOOK)) {
            query.setString(1, table.tableName());
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    String bucket = found.getString("bucket");
                    for (HistoryBucket length : HistoryBucket.values()) {
                        if (length.text().equals(bucket)) {
                            note(table, length, found);
                        }
                    }
                }
            }
        }
    }

    private void note(HistoryTable table, HistoryBucket length, ResultSet times) throws SQLException {
        long since = times.getLong("since");
        boolean fromTheBeginning = times.wasNull();
        long until = times.getLong("until");
        boolean toTheEnd = times.wasNull();
        of(table, length).put(fromTheBeginning ? Long.MIN_VALUE : since, toTheEnd ? Long.MAX_VALUE : until);
    }
}
