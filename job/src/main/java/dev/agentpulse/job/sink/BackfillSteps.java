package dev.agentpulse.job.sink;

import dev.agentpulse.job.backfill.HistorySeam;
import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.TickProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * The begin and the end of reading a range of older history: each is a transaction between two ticks, on the tick writer's
 * connection and thread, so that no correction falls between what was read and the stream.
 */
final class BackfillSteps {

    /** Of another writer there is a newer tick: serialization_failure, so it is tried again. */
    private static final String OTHERS_WRITE = "40001";

    private static final String LOCK = "SELECT FROM " + PipelineStatusUpsertStatement.TABLE
            + " WHERE component = ? AND commit_lsn = ?::pg_lsn AND details ->> '"
            + PipelineStatusUpsertStatement.LINEAGE + "' = ? FOR UPDATE";

    /** Of all tables the newest. */
    private static final String NEXT = "SELECT history_table, (extract(epoch FROM until) * 1000000)::bigint FROM "
            + HistoryProgressSql.TABLE + " WHERE state <> 'done' ORDER BY until DESC, history_table";

    /** Answers which attempt it is, and whether an earlier one may have left rows. */
    private static final String BEGIN = "UPDATE " + HistoryProgressSql.TABLE + " SET state = 'reading',"
            + " attempt = attempt + 1, began_at = clock_timestamp(), problem = NULL WHERE "
            + HistoryProgressSql.OF_RANGE + " RETURNING attempt, since IS NOT NULL";

    private static final String DONE = "UPDATE " + HistoryProgressSql.TABLE + " SET state = 'done',"
            + " since = ?::timestamptz, rows = ?, unusable_rows = ?, visible = ?::pg_snapshot, end_lsn = ?::pg_lsn,"
            + " oldest = ?::timestamptz, finished_at = clock_timestamp(), problem = NULL WHERE "
            + HistoryProgressSql.CLAIMED;

    private static final String ADD_NEXT = "INSERT INTO " + HistoryProgressSql.TABLE
            + " (history_table, until, oldest) VALUES (?, ?::timestamptz, ?::timestamptz)";

    private static final String MOVE_REACH = "UPDATE agentpulse.history_reach SET complete_from = ?::timestamptz,"
            + " incomplete_start = coalesce(?::timestamptz, incomplete_start) WHERE history_table = ?"
            + " AND bucket = ? AND complete_from > ?::timestamptz AND complete_from <= ?::timestamptz";

    private final Connection connection;
    private final HistoryConfig config;
    private final HistoryWriter history;

    /**
     * The range that is to be read next.
     *
     * @param ended whether its buckets have ended; if not, it has not begun
     * @param untilMicros its end
     * @param attempt by whose number others see that they are not the last who read it
     * @param begunBefore whether an earlier attempt may have left rows
     * @param waits whether the snapshot must not be taken before all transactions in progress are over
     * @param tick the tick behind which it begins
     */
    record Begun(
            HistoryTable table,
            boolean ended,
            long untilMicros,
            int attempt,
            boolean begunBefore,
            boolean waits,
            TickProgress tick) {}

    /**
     * What was read of it.
     *
     * @param range with the snapshot
     * @param oldestMicros time of the oldest that there is to be read; null if there is nothing
     * @param last whether there is nothing before it
     */
    record Done(
            Begun begun,
            HistorySeam.Range range,
            @Nullable Long oldestMicros,
            long rows,
            long unusableRows,
            boolean last) {}

    private interface Work<R> {
        R run() throws SQLException;
    }

    /**
     * The steps.
     *
     * @param connection the tick writer's, with auto-commit off
     */
    BackfillSteps(Connection connection, HistoryConfig config, HistoryWriter history) {
        this.connection = connection;
        this.config = config;
        this.history = history;
    }

    /**
     * Begins with the next range.
     *
     * @param without the tables that are left out
     * @return nothing if there is none
     */
    Optional<Begun> begin(TickProgress tick, Set<HistoryTable> without) throws SQLException {
        Optional<Begun> next = inTransaction(tick, () -> begin(next(without), tick));
        return next.map(begun -> begun.ended() ? reading(begun) : begun);
    }

    private Begun reading(Begun begun) {
        boolean waits = history.seam(begun.table()).beginReading();
        return new Begun(
                begun.table(), true, begun.untilMicros(), begun.attempt(), begun.begunBefore(), waits, begun.tick());
    }

    /** The end of a range of a table. */
    private record Next(HistoryTable table, long untilMicros) {}

    private Optional<Next> next(Set<HistoryTable> without) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(NEXT);
                ResultSet found = query.executeQuery()) {
            while (found.next()) {
                HistoryTable table = HistoryTable.ofTable(found.getString(1));
                if (!without.contains(table)) {
                    return Optional.of(new Next(table, found.getLong(2)));
                }
            }
            return Optional.empty();
        }
    }

    private Optional<Begun> begin(Optional<Next> found, TickProgress tick) throws SQLException {
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Next next = found.get();
        if (tick.asOfMicros() < next.untilMicros()) {
            return Optional.of(new Begun(next.table(), false, next.untilMicros(), 0, false, false, tick));
        }
        try (PreparedStatement update = connection.prepareStatement(BEGIN)) {
            update.setString(1, next.table().tableName());
            update.setString(2, Column.text(next.untilMicros()));
            try (ResultSet claimed = update.executeQuery()) {
                claimed.next();
                return Optional.of(new Begun(
                        next.table(), true, next.untilMicros(), claimed.getInt(1), claimed.getBoolean(2), false, tick));
            }
        }
    }

    /**
     * Takes what was read into history.
     *
     * @return false if it has to be read again
     */
    boolean end(Done done, TickProgress tick) throws SQLException {
        HistorySeam.Range range = done.range();
        HistoryTable table = done.begun().table();
        HistorySeam seam = history.seam(table);
        List<HistoryCorrection> missing = seam.missing(range.sinceMicros(), range.visible());
        if (missing == null) {
            return false;
        }
        boolean taken = inTransaction(tick, () -> {
            if (!setDone(done)) {
                return false;
            }
            for (HistoryBucket length : HistoryBucket.values()) {
                moveReach(table, length, range, tick.asOfMicros());
            }
            history.partitions().forget();
            if (!done.last()) {
                try (PreparedStatement insert = connection.prepareStatement(ADD_NEXT)) {
                    insert.setString(1, table.tableName());
                    insert.setString(2, Column.text(range.sinceMicros()));
                    insert.setString(3, oldest(done));
                    insert.executeUpdate();
                }
            }
            history.correct(table, missing, tick, RowWriter.direct(connection));
            return true;
        });
        if (taken) {
            seam.read(range, !done.last());
            if (cutDay(range) != range.untilMicros()) {
                history.dayIsIncomplete(table, cutDay(range));
            }
        }
        return taken;
    }

    /**
     * Start of the day that reaches on into what the stream has brought; the range's end if none does. Shorter buckets do not,
     * because ranges end with an hour.
     */
    private static long cutDay(HistorySeam.Range range) {
        return HistoryBucket.DAY.startOf(range.untilMicros());
    }

    private boolean setDone(Done done) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(DONE)) {
            update.setString(1, Column.text(done.range().sinceMicros()));
            update.setLong(2, done.rows());
            update.setLong(3, done.unusableRows());
            update.setString(4, done.range().visible().toString());
            update.setString(5, LogSequenceNumber.valueOf(done.range().endLsn()).asString());
            update.setString(6, oldest(done));
            update.setString(7, done.begun().table().tableName());
            update.setString(8, Column.text(done.begun().untilMicros()));
            update.setInt(9, done.begun().attempt());
            return update.executeUpdate() == 1;
        }
    }

    private static @Nullable String oldest(Done done) {
        Long micros = done.oldestMicros();
        return micros == null ? null : Column.text(micros);
    }

    private void moveReach(HistoryTable table, HistoryBucket length, HistorySeam.Range range, long asOfMicros)
            throws SQLException {
        String from = Column.text(Math.max(range.sinceMicros(), config.keptFromMicros(length, asOfMicros)));
        long cut = length == HistoryBucket.DAY ? cutDay(range) : range.untilMicros();
        try (PreparedStatement move = connection.prepareStatement(MOVE_REACH)) {
            move.setString(1, from);
            move.setString(2, cut == range.untilMicros() ? null : Column.text(cut));
            move.setString(3, table.tableName());
            move.setString(4, length.text());
            move.setString(5, from);
            move.setString(6, Column.text(range.untilMicros()));
            move.executeUpdate();
        }
    }

    /** Sums up the day of the first start when it has ended. */
    void sumUpFirstDay(TickProgress tick) throws SQLException {
        for (HistoryTable table : HistoryTable.values()) {
            Long start = history.incompleteDayMicros(table);
            if (start != null && HistoryBucket.DAY.endOf(start) <= tick.asOfMicros()) {
                inTransaction(tick, () -> {
                    history.sumUpDay(table, start, tick);
                    return true;
                });
                history.daySummedUp(table);
            }
        }
    }

    /** Does something behind the last tick that was written, if this writer wrote it. */
    private <R> R inTransaction(TickProgress tick, Work<R> work) throws SQLException {
        try {
            try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
                lock.setString(1, TickTransaction.COMPONENT);
                lock.setString(2, LogSequenceNumber.valueOf(tick.lsn()).asString());
                lock.setString(3, Long.toString(tick.lineage()));
                try (ResultSet locked = lock.executeQuery()) {
                    if (!locked.next()) {
                        throw new SQLException("another writer has written since", OTHERS_WRITE);
                    }
                }
            }
            R answer = work.run();
            connection.commit();
            return answer;
        } catch (SQLException e) {
            history.partitions().forget();
            try {
                connection.rollback();
            } catch (SQLException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }
}
