package dev.agentpulse.job.approval;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** An approval that waits for a decision. */
public record PendingApproval(String id, @Nullable String conversationId, long createdAtMicros) {

    /** Oldest first; among equals by id, so that "the oldest" is always the same row. */
    static final Comparator<PendingApproval> OLDEST_FIRST =
            Comparator.comparingLong(PendingApproval::createdAtMicros).thenComparing(PendingApproval::id);
}
