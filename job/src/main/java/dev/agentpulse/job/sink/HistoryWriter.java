package dev.agentpulse.job.sink;

import dev.agentpulse.job.backfill.HistorySeam;
import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.pgoutput.TransactionSnapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Writes the history tables in the transactions of ticks.
 *
 * <p>What a tick has of history is written if it is newer than the last tick that was written: a replay may cut ticks
 * otherwise, so of one that is new a part may be in the tables already. A row as a whole is newer if it is complete to a
 * later time; a correction if its transaction is. Rows come first, because a correction is of a bucket that had ended.
 */
final class HistoryWriter {

    private static final Comparator<HistoryCorrection> IN_THE_ORDER_OF_THE_LOG =
            Comparator.comparingLong(HistoryCorrection::timeMicros).thenComparingLong(HistoryCorrection::number);

    /** Rows that are ahead of their time by more than this may be missing after an upgrade; see the decision. */
    private static final long BEGIN_MARGIN_MICROS = 5 * 60_000_000L;

    private static final long SNAPSHOT_MARGIN_MICROS = 60_000_000;

    /** See {@link dev.agentpulse.job.model.HistoryParts#size}: a megabyte or two. */
    private static final int STATEMENT_SIZE = 200_000;

    private static final String BEFORE_ALL = "-infinity";

    private static final String REMOVE_OPEN = "DELETE FROM $ AS h USING " + HistorySql.LENGTHS
            + ", (SELECT ?::timestamptz AS complete_from, ?::timestamptz AS last) AS b WHERE h.bucket = length.bucket"
            + " AND h.bucket_start > least(b.complete_from, b.last) - length.duration"
            + " AND (NOT h.final OR h.bucket_start >= b.complete_from)";

    private static final String SET_REACH =
            "INSERT INTO agentpulse.history_reach (history_table, bucket, complete_from)"
                    + " SELECT ?, length.bucket, ?::timestamptz FROM " + HistorySql.LENGTHS
                    + " ON CONFLICT (history_table, bucket) DO UPDATE SET complete_from = EXCLUDED.complete_from, incomplete_start = NULL";

    /** So much of the first hour is not made use of where the rest of it is read from the table. */
    private static final long CLOCK_MARGIN_MICROS = 1_000_000;

    private static final String FORGET_PROGRESS =
            "DELETE FROM " + HistoryProgressSql.TABLE + " WHERE history_table = ?";

    private static final String BEGIN_PROGRESS =
            "INSERT INTO " + HistoryProgressSql.TABLE + " (history_table, until) VALUES (?, ?::timestamptz)";

    private static final String PROGRESS = "SELECT (extract(epoch FROM since) * 1000000)::bigint,"
            + " (extract(epoch FROM until) * 1000000)::bigint, visible::text, end_lsn::text, state = 'done' FROM "
            + HistoryProgressSql.TABLE + " WHERE history_table = ? ORDER BY until DESC";

    private static final String INCOMPLETE_DAY = "SELECT (extract(epoch FROM incomplete_start) * 1000000)::bigint"
            + " FROM agentpulse.history_reach WHERE history_table = ? AND bucket = '1d'"
            + " AND incomplete_start IS NOT NULL";

    /** For a position in the log: that of no tick. */
    private static final long NO_LSN = -1;

    private final Connection connection;
    private final HistoryConfig config;
    private final Map<HistoryTable, Statements> statements = new EnumMap<>(HistoryTable.class);

    private final HistoryPartitions partitions;

    private final Map<HistoryTable, HistorySeam> seams = new EnumMap<>(HistoryTable.class);

    /** The day that is summed up when it has ended, of each table that has one. */
    private final Map<HistoryTable, Long> incompleteDays = new EnumMap<>(HistoryTable.class);

    /** Where the last tick stands that this writer has written. */
    private long writtenLsn = NO_LSN;

    /** Those of one table. */
    private record Statements(
            HistoryUpsertStatement upsert,
            HistoryCorrectStatement correct,
            HistoryTruncation truncation,
            HistoryDayStatement day) {}

    HistoryWriter(Connection connection, HistoryConfig config, AlertConfig alerts) {
        this.connection = connection;
        this.config = config;
        this.partitions = new HistoryPartitions(connection, false);
        for (HistoryTable table : HistoryTable.values()) {
            seams.put(table, new HistorySeam());
            HistoryColumns columns = HistoryColumns.of(table, alerts);
            statements.put(
                    table,
                    new Statements(
                            new HistoryUpsertStatement(columns, false),
                            new HistoryCorrectStatement(columns),
                            new HistoryTruncation(connection, config, columns),
                            new HistoryDayStatement(connection, columns)));
        }
    }

    /** Where what was read of the table meets the stream. */
    HistorySeam seam(HistoryTable table) {
        return Objects.requireNonNull(seams.get(table));
    }

    HistoryPartitions partitions() {
        return partitions;
    }

    @Nullable
    Long incompleteDayMicros(HistoryTable table) {
        return incompleteDays.get(table);
    }

    /**
     * The tick is going to be written, maybe not for the first time.
     *
     * @param lastLsn where the last tick stands that was written, by whomever
     */
    void beginTick(long lastLsn) throws SQLException {
        if (lastLsn != writtenLsn) {
            for (HistoryTable table : HistoryTable.values()) {
                load(table, lastLsn);
            }
        }
        seams.values().forEach(HistorySeam::beginTick);
    }

    /** The tick is written. */
    void tickCommitted(long lsn) {
        writtenLsn = lsn;
        seams.values().forEach(seam -> seam.tickCommitted(lsn));
    }

    private void load(HistoryTable table, long lastLsn) throws SQLException {
        List<HistorySeam.Range> ranges = new ArrayList<>();
        long from = Long.MIN_VALUE;
        boolean older = false;
        try (PreparedStatement query = connection.prepareStatement(PROGRESS)) {
            query.setString(1, table.tableName());
            ResultSet found = query.executeQuery();
            while (found.next()) {
                long since = found.getLong(1);
                long until = found.getLong(2);
                if (!found.getBoolean(5)) {
                    older = true;
                    from = until;
                    continue;
                }
                from = since;
                long endLsn = LogSequenceNumber.valueOf(found.getString(4)).asLong();
                if (endLsn > lastLsn) {
                    TransactionSnapshot visible = TransactionSnapshot.parse(found.getString(3));
                    ranges.add(new HistorySeam.Range(since, until, visible, endLsn));
                }
            }
        }
        seam(table).restart(from, older && config.backfill(), ranges);
        incompleteDays.remove(table);
        try (PreparedStatement query = connection.prepareStatement(INCOMPLETE_DAY)) {
            query.setString(1, table.tableName());
            ResultSet found = query.executeQuery();
            if (found.next()) {
                incompleteDays.put(table, found.getLong(1));
            }
        }
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
        if (config.backfill()) {
            // A bucket is read or comes from the stream, so both meet at the end of an hour; the day is summed up.
            long margin = read ? CLOCK_MARGIN_MICROS - SNAPSHOT_MARGIN_MICROS : 0;
            from = HistoryBucket.HOUR.endOf(from + margin - 1);
        }
        incompleteDays.clear();
        partitions.forget();
        for (HistoryTable table : HistoryTable.values()) {
            seam(table).restart(config.backfill() ? from : Long.MIN_VALUE, config.backfill(), List.of());
            beginProgress(table, Column.text(from));
            begin(table, Column.text(from), lastMicros == null ? BEFORE_ALL : Column.text(lastMicros));
        }
    }

    private void beginProgress(HistoryTable table, String completeFrom) throws SQLException {
        try (PreparedStatement forget = connection.prepareStatement(FORGET_PROGRESS);
                PreparedStatement begin = connection.prepareStatement(BEGIN_PROGRESS)) {
            forget.setString(1, table.tableName());
            forget.executeUpdate();
            if (config.backfill()) {
                begin.setString(1, table.tableName());
                begin.setString(2, completeFrom);
                begin.executeUpdate();
            }
        }
    }

    private void begin(HistoryTable table, String completeFrom, String last) throws SQLException {
        String removal = REMOVE_OPEN.replace("$", "agentpulse." + table.tableName());
        try (PreparedStatement remove = connection.prepareStatement(removal);
                PreparedStatement set = connection.prepareStatement(SET_REACH)) {
            remove.setString(1, completeFrom);
            remove.setString(2, last);
            remove.executeUpdate();
            set.setString(1, table.tableName());
            set.setString(2, completeFrom);
            set.executeUpdate();
        }
    }

    /** @param lastMicros time of the last tick that was written */
    void writeRows(Collection<HistoryRow> rows, long lastMicros, TickProgress tick, RowWriter writer)
            throws SQLException {
        for (HistoryTable table : HistoryTable.values()) {
            List<HistoryRow> part = new ArrayList<>();
            long size = 0;
            for (HistoryRow row : rows) {
                if (row.table() == table && row.completeToMicros() > lastMicros) {
                    part.add(row);
                    size += row.parts().size();
                }
                if (size >= STATEMENT_SIZE) {
                    writeRows(table, part, tick, writer);
                    part.clear();
                    size = 0;
                }
            }
            writeRows(table, part, tick, writer);
        }
    }

    private void writeRows(HistoryTable table, List<HistoryRow> rows, TickProgress tick, RowWriter writer)
            throws SQLException {
        partitions.makeFor(table, rows);
        writer.write(of(table).upsert(), WrittenHistory.all(rows, tick));
    }

    private Statements of(HistoryTable table) {
        return Objects.requireNonNull(statements.get(table));
    }

    /** @param lastMicros time of the last tick that was written */
    void writeChanges(Collection<HistoryCorrection> changes, long lastMicros, TickProgress tick, RowWriter writer)
            throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        for (HistoryTable table : HistoryTable.values()) {
            List<HistoryCorrection> ofTheTable = changes.stream()
                    .filter(change -> change.table() == table && change.timeMicros() > lastMicros)
                    .sorted(IN_THE_ORDER_OF_THE_LOG)
                    .toList();
            writeChanges(table, ofTheTable, tick, writer);
        }
    }

    private void writeChanges(HistoryTable table, List<HistoryCorrection> changes, TickProgress tick, RowWriter writer)
            throws SQLException {
        List<HistoryCorrection> corrections = new ArrayList<>();
        HistoryCorrection before = null;
        for (HistoryCorrection change : changes) {
            if (change.kind() == HistoryCorrection.Kind.CORRECTION) {
                if (seam(table).applies(change)) {
                    corrections.add(change);
                }
            } else if (before == null || IN_THE_ORDER_OF_THE_LOG.compare(before, change) != 0) {
                // Every subtask reports it, and the second time there is nothing left.
                correct(table, corrections, tick, writer);
                corrections.clear();
                writer.flush();
                long from = seam(table).emptiesFromMicros(change);
                of(table).truncation().write(change.timeMicros(), from, tick);
            }
            before = change;
        }
        correct(table, corrections, tick, writer);
    }

    /** Adds corrections to the rows that there are. */
    void correct(HistoryTable table, List<HistoryCorrection> corrections, TickProgress tick, RowWriter writer)
            throws SQLException {
        if (corrections.isEmpty()) {
            return;
        }
        partitions.makeForCorrections(table, corrections);
        HistoryCorrectStatement correct = of(table).correct();
        writer.write(correct, correct.rows(corrections, tick));
    }

    /** Sums up a day from its hours, all of which have ended and are there. */
    void sumUpDay(HistoryTable table, long startMicros, TickProgress tick) throws SQLException {
        partitions.make(table, HistoryBucket.DAY, startMicros);
        of(table).day().write(startMicros, tick);
    }

    /** What was read ends within a day: it is summed up when it has ended. */
    void dayIsIncomplete(HistoryTable table, long startMicros) {
        incompleteDays.put(table, startMicros);
    }

    /** The day is there. */
    void daySummedUp(HistoryTable table) {
        incompleteDays.remove(table);
    }
}
