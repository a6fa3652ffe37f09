package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/**
 * What an approval is for its SLA after a change.
 *
 * @param snapshot the change is a row of the initial snapshot
 * @param pending it waits for a decision; otherwise it is decided or deleted, and the rest is empty
 * @param caughtUp no change at all: what was committed while the job was away has been read
 */
public record SlaChange(
        String id,
        long timeMicros,
        boolean truncate,
        boolean snapshot,
        boolean pending,
        @Nullable String conversationId,
        long createdAtMicros,
        boolean caughtUp)
        implements KeyedChange {

    /** The approval waits for a decision. */
    public static SlaChange pending(ApprovalRow row, long timeMicros, boolean snapshot) {
        return new SlaChange(
                row.id(), timeMicros, false, snapshot, true, row.conversationId(), row.createdAtMicros(), false);
    }

    /** The approval is decided or deleted. */
    public static SlaChange over(String id, long timeMicros, boolean snapshot) {
        return new SlaChange(id, timeMicros, false, snapshot, false, null, 0, false);
    }

    /** All approvals are deleted; {@code key} decides which subtask receives this. */
    public static SlaChange truncate(String key, long timeMicros, boolean snapshot) {
        return new SlaChange(key, timeMicros, true, snapshot, false, null, 0, false);
    }

    /** What was committed before the job began, or began again, has been read; {@code key} as in {@link #truncate}. */
    public static SlaChange caughtUp(String key, long timeMicros) {
        return new SlaChange(key, timeMicros, false, false, false, null, 0, true);
    }

    @Override
    public String key() {
        return id;
    }
}
