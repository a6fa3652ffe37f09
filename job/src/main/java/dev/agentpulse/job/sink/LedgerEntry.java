package dev.agentpulse.job.sink;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@code rejected_change}.
 *
 * @param eventKey derived from the log, or from the row itself, so that a replay names the same entry
 * @param rowKey null when the row has none, or one that is no text
 * @param lsn position of the change in the log, 0 in a snapshot
 * @param unlessNoted whether it is left out if the ledger names the row for this reason already
 */
public record LedgerEntry(
        String eventKey,
        String sourceTable,
        @Nullable String rowKey,
        String reason,
        String changeJson,
        long lsn,
        boolean unlessNoted) {}
