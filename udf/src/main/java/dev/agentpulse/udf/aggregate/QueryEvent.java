package dev.agentpulse.udf.aggregate;

import org.jspecify.annotations.Nullable;

/**
 * What the windows need of a row of {@code agent_queries}.
 *
 * @param timeMicros {@code created_at}
 * @param latencyMs not negative; null if the row has none
 * @param approved null if the answer was not reviewed
 */
public record QueryEvent(
        long timeMicros,
        @Nullable Integer latencyMs,
        @Nullable Boolean approved,
        boolean humanEdited) implements Timed {

    public QueryEvent {
        if (latencyMs != null && latencyMs < 0) {
            throw new IllegalArgumentException("latencyMs must not be negative but is " + latencyMs);
        }
    }
}
