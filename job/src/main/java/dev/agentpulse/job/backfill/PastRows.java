package dev.agentpulse.job.backfill;

import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.pgoutput.TransactionSnapshot;
import dev.agentpulse.udf.aggregate.HistoryEvent;
import java.io.Serializable;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What the source tables hold, read in the order of the times by which history counts it. */
public interface PastRows extends Serializable {

    /**
     * Takes a snapshot and holds the table as it is, but for its rows, until the reading is closed.
     *
     * @param table the history of which something is read
     * @param sinceMicros what is from before is not looked for
     * @param untilMicros nor what is from then on
     * @throws SQLException also where it would take reading all of a large table
     */
    Reading open(HistoryTable table, long sinceMicros, long untilMicros) throws SQLException;

    /**
     * Waits until every transaction that is in progress now is over, so that a snapshot which is taken behind it sees all
     * that the stream has brought before.
     */
    void awaitTransactionsInProgress(Waiting waiting) throws SQLException, InterruptedException;

    /** What is done while others are waited for. */
    interface Waiting {
        /**
         * Waits a little.
         *
         * @param problem what is waited for
         */
        void pause(String problem) throws SQLException, InterruptedException;
    }

    /** What one snapshot shows. */
    interface Reading extends AutoCloseable {

        /** Which transactions it holds. */
        TransactionSnapshot visible();

        /** A log position behind all that it holds. */
        long endLsn();

        /** Time of the newest event; null if there is none. */
        @Nullable
        Long newestMicros();

        /** Time of the oldest event; null if there is none. */
        @Nullable
        Long oldestMicros();

        /** Reads the events from then on, in the order of their times. */
        void read(long fromMicros, Reader reader) throws SQLException, InterruptedException;

        @Override
        void close() throws SQLException;
    }

    /** Takes what is read. */
    interface Reader {
        /** An event of a row; a row may have several. */
        void event(String subject, HistoryEvent event) throws SQLException, InterruptedException;

        /** A row that the job cannot use. */
        void unusable();
    }
}
