package dev.agentpulse.job.model;

/**
 * How far the reading of a transaction is that is not complete yet.
 *
 * @param lineage as in {@link TickProgress}
 * @param committedMicros the time of the transaction
 * @param changes how many of its changes were read
 */
public record TransactionProgress(long lineage, long committedMicros, long changes) {}
