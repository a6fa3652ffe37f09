package dev.agentpulse.job.model;

import dev.agentpulse.udf.aggregate.QueryEvent;
import org.jspecify.annotations.Nullable;

/**
 * A usable row of {@code agent_queries}.
 *
 * @param query the first characters of the question, as many as a channel message carries
 * @param latencyMs null where the answer's latency is not known
 * @param approved null where nobody has reviewed the answer
 */
public record QueryRow(
        String id,
        @Nullable String conversationId,
        String agent,
        @Nullable String query,
        @Nullable Integer latencyMs,
        @Nullable Boolean approved,
        boolean humanEdited,
        long createdAtMicros) {

    /** What figures need of it. */
    public QueryEvent event() {
        return new QueryEvent(createdAtMicros, latencyMs, approved, humanEdited);
    }
}
