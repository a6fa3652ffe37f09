package dev.agentpulse.job.model;

/**
 * What is known when a table's snapshot begins to be read.
 *
 * @param table whose rows follow
 * @param visible which transactions it holds, as {@code pg_current_snapshot()} prints it
 * @param timeMicros the database's time
 * @param slotLsn where the slot begins: the name of what is built on it, see {@link TickProgress}
 * @param eventsFromLsn from this log position on, changes raise their messages and point alerts even if the snapshot holds
 *     them: an earlier start on the same slot, which failed before its first checkpoint, had got as far;
 *     {@link Long#MAX_VALUE} where there was none
 */
public record SnapshotStart(SourceTable table, String visible, long timeMicros, long slotLsn, long eventsFromLsn) {

    /** For {@code eventsFromLsn}: what a snapshot holds raises nothing. */
    public static final long NO_EVENTS = Long.MAX_VALUE;
}
