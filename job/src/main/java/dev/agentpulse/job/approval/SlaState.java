package dev.agentpulse.job.approval;

import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.SlaChange;
import org.jspecify.annotations.Nullable;

/**
 * A pending approval on the SLA clock. Cleared when it is decided or deleted.
 *
 * @param knownSinceMicros when the job learned that it is pending
 * @param fromSnapshot it learned so from the initial snapshot
 * @param openedAtMicros when its alert opened; null before
 * @param severity of the open alert; null before
 * @param ending the change that ends the open alert unless a later one of its transaction takes it back; null if none did
 */
public record SlaState(
        @Nullable String conversationId,
        long createdAtMicros,
        long knownSinceMicros,
        boolean fromSnapshot,
        @Nullable Long openedAtMicros,
        @Nullable Severity severity,
        @Nullable SlaChange ending) {

    static SlaState pending(
            @Nullable String conversationId, long createdAtMicros, long knownSinceMicros, boolean fromSnapshot) {
        return new SlaState(conversationId, createdAtMicros, knownSinceMicros, fromSnapshot, null, null, null);
    }

    SlaState withAlert(long openedAt, Severity worst) {
        return new SlaState(conversationId, createdAtMicros, knownSinceMicros, fromSnapshot, openedAt, worst, ending);
    }

    SlaState withEnding(@Nullable SlaChange other) {
        return new SlaState(
                conversationId, createdAtMicros, knownSinceMicros, fromSnapshot, openedAtMicros, severity, other);
    }
}
