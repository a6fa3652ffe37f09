package dev.agentpulse.job.sink;

/** Pieces of SQL about {@code history_progress}. */
final class HistoryProgressSql {

    static final String TABLE = "agentpulse.history_progress";

    /** A range by the history table and its end. */
    static final String OF_RANGE = "history_table = ? AND until = ?::timestamptz";

    /** A range that nobody else has begun to read since. */
    static final String CLAIMED = OF_RANGE + " AND state = 'reading' AND attempt = ?";

    private HistoryProgressSql() {}
}
