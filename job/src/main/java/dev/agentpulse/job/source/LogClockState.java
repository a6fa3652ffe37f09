package dev.agentpulse.job.source;

import dev.agentpulse.job.model.TableCounts;
import org.jspecify.annotations.Nullable;

/**
 * What the clock must remember: one value a job, so it is bounded.
 *
 * @param lineage see {@link dev.agentpulse.job.model.TickProgress}
 * @param timeMicros time of the last transaction that was begun
 * @param openTransactionId the transaction that was being passed on, if {@code inTransaction}
 * @param passedRows rows of it that were passed on
 * @param beat number of the last heartbeat that was read, or -1
 * @param eventsFromLsn see {@link dev.agentpulse.job.model.SnapshotStart}
 * @param queriesSnapshot which transactions the snapshot of the table holds; null before it is read and once the log has
 *     passed it; likewise the other two
 */
public record LogClockState(
        long lineage,
        long timeMicros,
        long tick,
        boolean inTransaction,
        int openTransactionId,
        int passedRows,
        long beat,
        long eventsFromLsn,
        @Nullable String queriesSnapshot,
        @Nullable String approvalsSnapshot,
        @Nullable String feedbackSnapshot,
        TableCounts queries,
        TableCounts approvals,
        TableCounts feedback) {}
