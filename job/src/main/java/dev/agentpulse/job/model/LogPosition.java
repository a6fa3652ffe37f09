package dev.agentpulse.job.model;

import java.util.HexFormat;

/**
 * Where a change stands in the log, and when.
 *
 * <p>Everything that must come out the same after a replay is derived from it: the log is read in the same order each
 * time, transactions whole.
 *
 * @param timeMicros the time the log had reached with this change: its transaction's commit time, made strictly
 *     increasing from one transaction to the next. For rows of the initial snapshot a time before the stream begins.
 * @param lsn position of the transaction's commit in the log; 0 in the snapshot
 * @param ordinal number of the row in its transaction, from 1; 0 in the snapshot
 * @param transactionId the low 32 bits of its transaction's id, by which a snapshot knows it; 0 in the snapshot
 */
public record LogPosition(long timeMicros, long lsn, int ordinal, int transactionId)
        implements Comparable<LogPosition> {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** The position of something that time alone brings about. */
    public static LogPosition ofTime(long timeMicros) {
        return new LogPosition(timeMicros, 0, 0, 0);
    }

    /** A key of a change that sorts bytewise as the log does. */
    public String key() {
        return HEX.toHexDigits(lsn) + "-" + HEX.toHexDigits(ordinal);
    }

    @Override
    public int compareTo(LogPosition other) {
        int byTime = Long.compare(timeMicros, other.timeMicros);
        return byTime != 0 ? byTime : Integer.compare(ordinal, other.ordinal);
    }
}
