package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/**
 * One record of the log as the source passes it on: the beginning of a transaction, a change, or the end of a
 * transaction. Snapshot rows are changes outside any transaction.
 *
 * @param transactionId of BEGIN and END; 0 in the snapshot
 * @param commitMicros commit time of BEGIN and END
 * @param lsn of END: the log position after the transaction; of CHANGE: of the change itself; of HEARTBEAT: its number
 * @param caughtUp of END: the log has passed everything that the snapshot may have seen
 */
public record LogRecord(
        Kind kind,
        long transactionId,
        long commitMicros,
        long lsn,
        boolean caughtUp,
        @Nullable Change change) {

    /** What the record says. */
    public enum Kind {
        BEGIN,
        CHANGE,
        HEARTBEAT,
        END
    }

    public static LogRecord begin(long transactionId, long commitMicros) {
        return new LogRecord(Kind.BEGIN, transactionId, commitMicros, 0, false, null);
    }

    public static LogRecord change(long lsn, Change change) {
        return new LogRecord(Kind.CHANGE, 0, 0, lsn, false, change);
    }

    /** A heartbeat; it counts as a row of its transaction, and {@code beat} is one more than that of the one before. */
    public static LogRecord heartbeat(long beat) {
        return new LogRecord(Kind.HEARTBEAT, 0, 0, beat, false, null);
    }

    public static LogRecord end(long transactionId, long commitMicros, long lsn, boolean caughtUp) {
        return new LogRecord(Kind.END, transactionId, commitMicros, lsn, caughtUp, null);
    }
}
