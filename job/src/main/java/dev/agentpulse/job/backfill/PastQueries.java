package dev.agentpulse.job.backfill;

import dev.agentpulse.pgoutput.TransactionSnapshot;
import dev.agentpulse.udf.aggregate.QueryEvent;
import java.io.Serializable;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The queries that the source table holds, read by the time at which they were created. */
public interface PastQueries extends Serializable {

    /**
     * Takes a snapshot and holds the table as it is, but for its rows, until the reading is closed.
     *
     * @param sinceMicros queries from before are not looked for
     * @param untilMicros nor those from then on
     */
    Reading open(long sinceMicros, long untilMicros) throws SQLException;

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

        /** When the newest of the queries was created; null if there is none. */
        @Nullable
        Long newestMicros();

        /** Reads those that were created from then on, in the order in which they were created. */
        void read(long fromMicros, Reader reader) throws SQLException;

        @Override
        void close() throws SQLException;
    }

    /** Takes rows in their order. */
    interface Reader {
        void query(String agent, QueryEvent query) throws SQLException;

        /** A row that the job cannot use. */
        void unusable();
    }
}
