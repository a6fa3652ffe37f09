package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Writes the rows of a range that is being read, where history is not complete yet: small transactions, none of which
 * makes a tick wait. Each looks whether the range is still ours; one of a job that was thought dead fails.
 *
 * <p>A thread of its own writes, so that reading goes on meanwhile. It has one transaction at a time, and who makes the next
 * one waits for it: so the rows of two are on the heap at most.
 */
final class PastHistory implements AutoCloseable {

    private static final String THREAD = "agentpulse-backfill-writer";

    private static final int STATEMENT_SIZE = 200_000;
    private static final int REMOVED_ROWS = 2000;

    private static final String CLAIM =
            "SELECT FROM " + HistoryProgressSql.TABLE + " WHERE " + HistoryProgressSql.CLAIMED + " FOR UPDATE";

    private static final String SET_SINCE =
            "UPDATE " + HistoryProgressSql.TABLE + " SET since = ?::timestamptz WHERE " + HistoryProgressSql.OF_RANGE;

    private static final String REMOVE =
            "WITH batch AS MATERIALIZED (SELECT #, bucket_start, zone FROM $ WHERE bucket = ?"
                    + " AND bucket_start >= ?::timestamptz AND bucket_end <= ?::timestamptz LIMIT " + REMOVED_ROWS + ")"
                    + " DELETE FROM $ AS h USING batch AS b WHERE h.# = b.# AND h.bucket = ?"
                    + " AND h.bucket_start = b.bucket_start AND h.zone = b.zone";

    private final Connection connection;
    private final HistoryConfig config;
    private final HistoryUpsertStatement upsert;
    private final HistoryPartitions partitions;
    private final String remove;
    private final BackfillSteps.Begun range;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread made = new Thread(work, THREAD);
        made.setDaemon(true);
        return made;
    });

    /** The transaction that was handed to the thread last. */
    private Future<?> written = CompletableFuture.completedFuture(null);

    private List<HistoryRow> waiting = new ArrayList<>();
    private int size;

    private interface Work {
        void run() throws SQLException;
    }

    /** @param connection with auto-commit off */
    PastHistory(Connection connection, HistoryConfig config, AlertConfig alerts, BackfillSteps.Begun range) {
        this.connection = connection;
        this.config = config;
        HistoryColumns columns = HistoryColumns.of(range.table(), alerts);
        this.upsert = new HistoryUpsertStatement(columns, true);
        this.partitions = new HistoryPartitions(connection, true);
        this.remove = REMOVE.replace("$", columns.qualifiedName())
                .replace("#", range.table().subject());
        this.range = range;
    }

    /** Removes what there is, of an earlier attempt or an earlier job. */
    void remove(long sinceMicros) throws SQLException {
        inTransaction(() -> {
            try (PreparedStatement update = connection.prepareStatement(SET_SINCE)) {
                update.setString(1, Column.text(sinceMicros));
                update.setString(2, range.table().tableName());
                update.setString(3, Column.text(range.untilMicros()));
                update.executeUpdate();
            }
        });
        for (HistoryBucket length : HistoryBucket.values()) {
            int[] removed = new int[1];
            do {
                inTransaction(() -> removed[0] = remove(length, sinceMicros));
            } while (removed[0] == REMOVED_ROWS);
        }
    }

    private int remove(HistoryBucket length, long sinceMicros) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(remove)) {
            delete.setString(1, length.text());
            delete.setString(2, Column.text(sinceMicros));
            delete.setString(3, Column.text(range.untilMicros()));
            delete.setString(4, length.text());
            return delete.executeUpdate();
        }
    }

    /**
     * Writes a row, now or with others, unless it is older than what is kept.
     *
     * @throws SQLException also if one that was given before cannot be written
     */
    void write(HistoryRow row) throws SQLException, InterruptedException {
        if (row.startMicros()
                >= config.keptFromMicros(row.bucket(), range.tick().asOfMicros())) {
            waiting.add(row);
            size += row.parts().size();
        }
        if (waiting.size() >= RowWriter.STATEMENT_ROWS || size >= STATEMENT_SIZE) {
            handOver();
        }
    }

    /** Writes what waits, and returns when all is written. */
    void flush() throws SQLException, InterruptedException {
        handOver();
        awaitWritten();
    }

    private void handOver() throws SQLException, InterruptedException {
        awaitWritten();
        List<HistoryRow> rows = waiting;
        written = thread.submit(() -> {
            inTransaction(() -> {
                partitions.makeFor(range.table(), rows);
                RowWriter.direct(connection).write(upsert, WrittenHistory.all(rows, range.tick()));
            });
            return null;
        });
        waiting = new ArrayList<>();
        size = 0;
    }

    private void awaitWritten() throws SQLException, InterruptedException {
        try {
            written.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException problem) {
                throw problem;
            }
            throw new IllegalStateException("rows of history cannot be written", e.getCause());
        }
    }

    /** Ends the thread; what it is writing is given up, with the connection. */
    @Override
    public void close() throws SQLException {
        thread.shutdown();
        if (!written.isDone()) {
            connection.abort(Runnable::run);
        }
    }

    private void inTransaction(Work work) throws SQLException {
        try {
            try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
                claim.setString(1, range.table().tableName());
                claim.setString(2, Column.text(range.untilMicros()));
                claim.setInt(3, range.attempt());
                try (ResultSet claimed = claim.executeQuery()) {
                    if (!claimed.next()) {
                        throw new SQLException("another job has begun to read the same day");
                    }
                }
            }
            work.run();
            connection.commit();
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
