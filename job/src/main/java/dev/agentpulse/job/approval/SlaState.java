package dev.agentpulse.job.approval;

import dev.agentpulse.job.model.Severity;
import org.jspecify.annotations.Nullable;

/**
 * A pending approval on the SLA clock. Cleared when it is decided or deleted.
 *
 * @param knownSinceMicros when the job learned that it is pending
 * @param fromSnapshot it learned so from the initial snapshot
 * @param openedAtMicros when its alert opened; null before
 * @param severity of the open alert; null before
 */
public record SlaState(
        String id,
        @Nullable String conversationId,
        long createdAtMicros,
        long knownSinceMicros,
        boolean fromSnapshot,
        @Nullable Long openedAtMicros,
        @Nullable Severity severity) {}
