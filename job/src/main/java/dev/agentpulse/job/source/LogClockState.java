package dev.agentpulse.job.source;

import dev.agentpulse.job.model.TableCounts;

/**
 * What the clock must remember: one value a job, so it is bounded.
 *
 * @param timeMicros time of the last transaction that was begun
 * @param openTransactionId the transaction that was being passed on, or -1
 * @param passedRows rows of it that were passed on
 * @param beat number of the last heartbeat that was read, or -1
 * @param caughtUp the log has passed everything that the snapshot may have seen
 */
public record LogClockState(
        long lineageMicros,
        long timeMicros,
        long tick,
        long openTransactionId,
        int passedRows,
        long beat,
        boolean caughtUp,
        TableCounts queries,
        TableCounts approvals,
        TableCounts feedback) {}
