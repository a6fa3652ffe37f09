package dev.agentpulse.job.sink;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@code rejected_change}.
 *
 * @param eventKey derived from the log, or from the row itself, so that a replay names the same entry
 */
public record LedgerEntry(
        String eventKey, String sourceTable, @Nullable String rowKey, String reason, String changeJson, long lsn) {}
