package dev.agentpulse.job.model;

/**
 * How far the log was read when a tick was cut.
 *
 * @param asOfMicros the tick's time: everything committed up to it has been read
 * @param lsn log position up to which everything is in the tick; a strictly increasing function of {@code asOfMicros}
 * @param tick number of the tick in this lineage of state, from 1
 * @param lineageMicros database time at which the job first started with empty state. A job that goes on from a
 *     checkpoint keeps it; one that starts anew has a later one.
 */
public record TickProgress(
        long asOfMicros,
        long lsn,
        long tick,
        long lineageMicros,
        TableCounts queries,
        TableCounts approvals,
        TableCounts feedback) {}
