package dev.agentpulse.job.model;

/**
 * How far the log was read when a tick was cut.
 *
 * @param asOfMicros the tick's time: everything committed up to it has been read
 * @param lsn log position up to which everything is in the tick; a strictly increasing function of {@code asOfMicros}
 * @param tick number of the tick in this lineage of state, from 1
 * @param lineage names the state that the results come of: the log position at which the slot began when it was empty. A
 *     job that goes on from a checkpoint keeps it, and so does one that begins anew because it failed before the first.
 * @param backlog whether not all is read yet that was committed before the job began, or began again
 */
public record TickProgress(
        long asOfMicros,
        long lsn,
        long tick,
        long lineage,
        TableCounts queries,
        TableCounts approvals,
        TableCounts feedback,
        boolean backlog) {

    /** Whether the tick is the first that a job makes of empty state: it replaces whatever the tables hold. */
    public boolean isFirst() {
        return tick == 1;
    }
}
