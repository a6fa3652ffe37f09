package dev.agentpulse.job.model;

import dev.agentpulse.udf.aggregate.QueryEvent;
import org.jspecify.annotations.Nullable;

/** Rows and changes to make tests of; whatever is not named is plain. */
public final class Samples {

    public static final long MILLISECOND = 1000;
    public static final long SECOND = 1_000_000;
    public static final long MINUTE = 60 * SECOND;

    /** An instant on a full second, for times that stay readable: {@code START + 5 * SECOND}. */
    public static final long START = 1_700_000_000L * SECOND;

    private Samples() {}

    public static QueryRow query(String id, String agent, @Nullable Integer latencyMs, long createdAtMicros) {
        return new QueryRow(id, "c-" + id, agent, "why?", latencyMs, null, false, createdAtMicros);
    }

    /** What the windows see of a query. */
    public static @Nullable QueryEvent event(@Nullable QueryRow row) {
        return row == null
                ? null
                : new QueryEvent(row.createdAtMicros(), row.latencyMs(), row.approved(), row.humanEdited());
    }

    public static ApprovalRow pending(String id, long createdAtMicros) {
        return new ApprovalRow(id, "c-" + id, ApprovalStatus.PENDING, null, createdAtMicros, null);
    }

    public static ApprovalRow decided(
            String id, ApprovalStatus status, long createdAtMicros, @Nullable Long updatedAtMicros) {
        return new ApprovalRow(id, "c-" + id, status, "dana", createdAtMicros, updatedAtMicros);
    }

    public static FeedbackRow feedback(String id, @Nullable Boolean safe, long createdAtMicros, String... labels) {
        return new FeedbackRow(id, "c-" + id, safe, labels, null, null, null, "dana", createdAtMicros);
    }

    public static Change inserted(QueryRow row) {
        return Change.ofQuery(null, row, null);
    }

    /** A place in the log of the stream proper. */
    public static LogPosition at(long timeMicros, int ordinal) {
        return new LogPosition(timeMicros, timeMicros, ordinal, 0);
    }
}
