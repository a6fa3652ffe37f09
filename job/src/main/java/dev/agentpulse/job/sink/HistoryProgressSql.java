package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.HistoryTable;

/** Pieces of SQL about {@code history_progress}. */
final class HistoryProgressSql {

    /** The only table that is filled. */
    static final HistoryTable FILLED = HistoryTable.AGENTS;

    static final String NAME = FILLED.tableName();

    static final String TABLE = "agentpulse.history_progress";

    /** A range by its end. */
    static final String OF_RANGE = "history_table = '" + NAME + "' AND until = ?::timestamptz";

    /** A range that nobody else has begun to read since. */
    static final String CLAIMED = OF_RANGE + " AND state = 'reading' AND attempt = ?";

    private HistoryProgressSql() {}
}
