package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/**
 * One record of what the source reads: the start of a table's snapshot and its rows, then the log: where its end was when
 * its reading began, the beginning of a transaction, its changes in their order, its end.
 *
 * @param transactionId of BEGIN: the transaction's 32-bit id
 * @param commitMicros of BEGIN: when it was committed
 * @param lsn of LOG_START: the end of the log; of BEGIN: the position of its commit; of END: the position behind it; of HEARTBEAT: the beat's number
 * @param change of SNAPSHOT_ROW and CHANGE
 * @param snapshot of SNAPSHOT_START
 */
public record LogRecord(
        Kind kind,
        int transactionId,
        long commitMicros,
        long lsn,
        @Nullable Change change,
        @Nullable SnapshotStart snapshot) {

    /** What the record is. */
    public enum Kind {
        SNAPSHOT_START,
        SNAPSHOT_ROW,
        LOG_START,
        BEGIN,
        CHANGE,
        /** The heartbeat's row; it counts as a row of its transaction. */
        HEARTBEAT,
        END
    }

    public static LogRecord snapshotStart(SnapshotStart snapshot) {
        return new LogRecord(Kind.SNAPSHOT_START, 0, 0, 0, null, snapshot);
    }

    public static LogRecord snapshotRow(Change change) {
        return new LogRecord(Kind.SNAPSHOT_ROW, 0, 0, 0, change, null);
    }

    public static LogRecord logStart(long endOfLog) {
        return new LogRecord(Kind.LOG_START, 0, 0, endOfLog, null, null);
    }

    public static LogRecord begin(int transactionId, long commitMicros, long commitLsn) {
        return new LogRecord(Kind.BEGIN, transactionId, commitMicros, commitLsn, null, null);
    }

    public static LogRecord change(Change change) {
        return new LogRecord(Kind.CHANGE, 0, 0, 0, change, null);
    }

    public static LogRecord heartbeat(long beat) {
        return new LogRecord(Kind.HEARTBEAT, 0, 0, beat, null, null);
    }

    public static LogRecord end(long endLsn) {
        return new LogRecord(Kind.END, 0, 0, endLsn, null, null);
    }
}
