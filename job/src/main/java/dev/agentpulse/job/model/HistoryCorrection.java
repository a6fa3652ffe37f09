package dev.agentpulse.job.model;

/**
 * Something that changes rows of a history table that are final. A function of the log alone, however it is cut into ticks,
 * and applied once: its transaction is in a tick that was written, or it is not.
 *
 * @param subject empty for what concerns all
 * @param minuteMicros start of the minute that it belongs to
 * @param endedBuckets of how many of {@link HistoryBucket}, from the first, the minute's one had ended by the time of the
 *     change
 * @param timeMicros time of the transaction
 * @param number tells those of one transaction apart, in their order; {@link #BEHIND_ALL_ROWS} for the sum of several
 * @param transactionId see {@link LogPosition#transactionId}
 * @param parts what is to be added
 */
public record HistoryCorrection(
        Kind kind,
        HistoryTable table,
        String subject,
        long minuteMicros,
        int endedBuckets,
        long timeMicros,
        long number,
        int transactionId,
        HistoryParts parts) {

    /** What it is. */
    public enum Kind {
        /** Rows of a minute were added, changed or removed. */
        CORRECTION,
        /** The source table was emptied. */
        TRUNCATE,
        /** The operator began without state: what lies before is not its own. Of no table and no row. */
        BEGIN
    }

    /** For {@code number}. */
    public static final long BEHIND_ALL_ROWS = Long.MAX_VALUE;

    public static HistoryCorrection truncate(HistoryTable table, long timeMicros, long number, int transactionId) {
        return new HistoryCorrection(
                Kind.TRUNCATE, table, "", 0, 0, timeMicros, number, transactionId, HistoryParts.none(table));
    }

    public static HistoryCorrection begin() {
        HistoryTable any = HistoryTable.AGENTS;
        return new HistoryCorrection(Kind.BEGIN, any, "", 0, 0, 0, 0, 0, HistoryParts.none(any));
    }
}
