package dev.agentpulse.job.model;

/**
 * Where a change stands in the log, and when.
 *
 * <p>Everything that must come out the same after a replay is derived from it: the log is read in the same order each
 * time, transactions whole.
 *
 * @param timeMicros the time the log had reached with this change: its transaction's commit time, made strictly
 *     increasing from one transaction to the next. For rows of the initial snapshot a time before the stream begins.
 * @param lsn log sequence number of the change itself; rows written by one bulk load share it
 * @param ordinal the how-manieth row of its transaction, from 1; 0 in the snapshot
 */
public record LogPosition(long timeMicros, long lsn, int ordinal) implements Comparable<LogPosition> {

    /** A key that sorts bytewise as the log does within one row's history, and is unique together with the row's table. */
    public String key() {
        return String.format("%016X-%08X", lsn, ordinal);
    }

    @Override
    public int compareTo(LogPosition other) {
        int byTime = Long.compare(timeMicros, other.timeMicros);
        return byTime != 0 ? byTime : Integer.compare(ordinal, other.ordinal);
    }
}
