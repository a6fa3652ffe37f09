package dev.agentpulse.job.sink;

import dev.agentpulse.job.backfill.HistorySeam;
import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.TickProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
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

    private static final String NEXT = "SELECT (extract(epoch FROM until) * 1000000)::bigint FROM "
            + HistoryProgressSql.TABLE + " WHERE history_table = '" + HistoryProgressSql.NAME
            + "' AND state <> 'done' ORDER BY until LIMIT 1";

    /** Answers which attempt it is, and whether an earlier one may have left rows. */
    private static final String BEGIN = "UPDATE " + HistoryProgressSql.TABLE + " SET state = 'reading',"
            + " attempt = attempt + 1, began_at = clock_timestamp(), problem = NULL WHERE "
            + HistoryProgressSql.OF_RANGE + " RETURNING attempt, since IS NOT NULL";

    private static final String DONE = "UPDATE " + HistoryProgressSql.TABLE + " SET state = 'done',"
            + " since = ?::timestamptz, rows = ?, unusable_rows = ?, visible = ?::pg_snapshot, end_lsn = ?::pg_lsn,"
            + " finished_at = clock_timestamp(), problem = NULL WHERE " + HistoryProgressSql.CLAIMED;

    private static final String ADD_NEXT = "INSERT INTO " + HistoryProgressSql.TABLE
            + " (history_table, until) VALUES ('" + HistoryProgressSql.NAME + "', ?::timestamptz)";

    private static final String MOVE_REACH = "UPDATE agentpulse.history_reach SET complete_from = ?::timestamptz,"
            + " incomplete_start = coalesce(?::timestamptz, incomplete_start) WHERE history_table = '"
            + HistoryProgressSql.NAME
            + "' AND bucket = ? AND complete_from > ?::timestamptz AND complete_from <= ?::timestamptz";

    private final Connection connection;
    private final HistoryConfig config;
    private final HistoryWriter history;

    /** What is to be done next. */
    enum Next {
        /** Nothing. */
        NOTHING,
        /** To wait until the buckets of the next range have ended. */
        WAIT,
        /** To read it. */
        READ
    }

    /**
     * The range that is to be read next.
     *
     * @param untilMicros its end
     * @param attempt by whose number others see that they are not the last who read it
     * @param begunBefore whether an earlier attempt may have left rows
     * @param waits whether the snapshot must not be taken before all transactions in progress are over
     * @param tick the tick behind which it begins
     */
    record Begun(Next next, long untilMicros, int attempt, boolean begunBefore, boolean waits, TickProgress tick) {}

    /**
     * What was read of it.
     *
     * @param range with the snapshot
     * @param last whether there is nothing before it
     */
    record Done(Begun begun, HistorySeam.Range range, long rows, long unusableRows, boolean last) {}

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

    /** Begins with the next range, if there is one. */
    Begun begin(TickProgress tick) throws SQLException {
        Begun begun = inTransaction(tick, () -> {
            Long until = next();
            if (until == null) {
                return new Begun(Next.NOTHING, 0, 0, false, false, tick);
            }
            if (tick.asOfMicros() < until) {
                return new Begun(Next.WAIT, until, 0, false, false, tick);
            }
            try (PreparedStatement update = connection.prepareStatement(BEGIN)) {
                update.setString(1, Column.text(until));
                try (ResultSet claimed = update.executeQuery()) {
                    claimed.next();
                    return new Begun(Next.READ, until, claimed.getInt(1), claimed.getBoolean(2), false, tick);
                }
            }
        });
        return begun.next() != Next.READ
                ? begun
                : new Begun(
                        Next.READ,
                        begun.untilMicros(),
                        begun.attempt(),
                        begun.begunBefore(),
                        history.seam().beginReading(),
                        tick);
    }

    private @Nullable Long next() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(NEXT);
                ResultSet found = query.executeQuery()) {
            return found.next() ? Long.valueOf(found.getLong(1)) : null;
        }
    }

    /**
     * Takes what was read into history.
     *
     * @return false if it has to be read again
     */
    boolean end(Done done, TickProgress tick) throws SQLException {
        HistorySeam.Range range = done.range();
        HistorySeam seam = history.seam();
        List<HistoryCorrection> missing = seam.missing(range.sinceMicros(), range.visible());
        if (missing == null) {
            return false;
        }
        boolean taken = inTransaction(tick, () -> {
            if (!setDone(done)) {
                return false;
            }
            for (HistoryBucket length : HistoryBucket.values()) {
                moveReach(length, range, tick.asOfMicros());
            }
            if (!done.last()) {
                try (PreparedStatement insert = connection.prepareStatement(ADD_NEXT)) {
                    insert.setString(1, Column.text(range.sinceMicros()));
                    insert.executeUpdate();
                }
            }
            history.correct(missing, tick, new RowWriter(connection, false));
            return true;
        });
        if (taken) {
            seam.read(range, !done.last());
        }
        return taken;
    }

    private boolean setDone(Done done) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(DONE)) {
            update.setString(1, Column.text(done.range().sinceMicros()));
            update.setLong(2, done.rows());
            update.setLong(3, done.unusableRows());
            update.setString(4, done.range().visible().toString());
            update.setString(5, LogSequenceNumber.valueOf(done.range().endLsn()).asString());
            update.setString(6, Column.text(done.begun().untilMicros()));
            update.setInt(7, done.begun().attempt());
            return update.executeUpdate() == 1;
        }
    }

    private void moveReach(HistoryBucket length, HistorySeam.Range range, long asOfMicros) throws SQLException {
        String from = Column.text(Math.max(range.sinceMicros(), config.keptFromMicros(length, asOfMicros)));
        // A bucket that reaches on into what the stream has brought: only the day does, because ranges end with an
        // hour.
        long cut = length.startOf(range.untilMicros());
        try (PreparedStatement move = connection.prepareStatement(MOVE_REACH)) {
            move.setString(1, from);
            move.setString(2, cut == range.untilMicros() ? null : Column.text(cut));
            move.setString(3, length.text());
            move.setString(4, from);
            move.setString(5, Column.text(range.untilMicros()));
            move.executeUpdate();
        }
    }

    /** Sums up the day of the first start when it has ended. */
    void sumUpFirstDay(TickProgress tick) throws SQLException {
        Long start = history.incompleteDayMicros();
        if (start != null && HistoryBucket.DAY.endOf(start) <= tick.asOfMicros()) {
            inTransaction(tick, () -> {
                history.sumUpDay(start, tick);
                return true;
            });
            history.incompleteDayIs(null);
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
            try {
                connection.rollback();
            } catch (SQLException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }
}
