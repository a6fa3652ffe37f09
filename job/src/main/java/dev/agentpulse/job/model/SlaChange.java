package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/**
 * What an approval is for its SLA after a change.
 *
 * @param snapshot the change is a row of the initial snapshot
 * @param pending it waits for a decision; otherwise it is decided or deleted, and the rest is empty
 */
public record SlaChange(
        String id,
        long timeMicros,
        boolean truncate,
        boolean snapshot,
        boolean pending,
        @Nullable String conversationId,
        long createdAtMicros)
        implements KeyedChange {

    /** The approval waits for a decision. */
    public static SlaChange pending(ApprovalRow row, long timeMicros, boolean snapshot) {
        return new SlaChange(row.id(), timeMicros, false, snapshot, true, row.conversationId(), row.createdAtMicros());
    }

    /** The approval is decided or deleted. */
    public static SlaChange over(String id, long timeMicros, boolean snapshot) {
        return new SlaChange(id, timeMicros, false, snapshot, false, null, 0);
    }

    /** All approvals are deleted; {@code key} decides which subtask receives this. */
    public static SlaChange truncate(String key, long timeMicros, boolean snapshot) {
        return new SlaChange(key, timeMicros, true, snapshot, false, null, 0);
    }

    @Override
    public String key() {
        return id;
    }
}
