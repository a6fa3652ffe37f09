package dev.agentpulse.job.model;

/**
 * Something that changes rows of {@code agent_performance_history} that are final. A function of the log alone, however it
 * is cut into ticks, and applied once: its transaction is in a tick that was written, or it is not.
 *
 * @param agent empty for what concerns all
 * @param minuteMicros start of the minute that the queries belong to
 * @param endedBuckets of how many of {@link HistoryBucket}, from the first, the minute's one had ended by the time of the
 *     change
 * @param timeMicros time of the transaction
 * @param ordinal number of the row in its transaction; {@link #BEHIND_ALL_ROWS} for the sum of several rows
 * @param parts what is to be added
 */
public record AgentHistoryChange(
        Kind kind,
        String agent,
        long minuteMicros,
        int endedBuckets,
        long timeMicros,
        int ordinal,
        HistoryParts parts) {

    /** What it is. */
    public enum Kind {
        /** Queries of a minute were added, changed or removed. */
        CORRECTION,
        /** The table was emptied. */
        TRUNCATE,
        /** The operator began without state: what lies before is not its own. Of no row. */
        BEGIN
    }

    /** For {@code ordinal}. */
    public static final int BEHIND_ALL_ROWS = Integer.MAX_VALUE;

    private static final HistoryParts NOTHING = new HistoryParts(0, 0, 0, new int[0], new int[0], 0, 0, 0, 0);

    public static AgentHistoryChange truncate(long timeMicros, int ordinal) {
        return new AgentHistoryChange(Kind.TRUNCATE, "", 0, 0, timeMicros, ordinal, NOTHING);
    }

    public static AgentHistoryChange begin() {
        return new AgentHistoryChange(Kind.BEGIN, "", 0, 0, 0, 0, NOTHING);
    }
}
