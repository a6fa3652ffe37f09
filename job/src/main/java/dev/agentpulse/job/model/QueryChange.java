package dev.agentpulse.job.model;

import dev.agentpulse.udf.aggregate.QueryEvent;
import org.jspecify.annotations.Nullable;

/**
 * A change as one agent sees it: a query that moves from one agent to another is a removal for the first and an
 * addition for the second.
 */
public record QueryChange(
        String agent,
        long timeMicros,
        boolean truncate,
        @Nullable QueryEvent before,
        @Nullable QueryEvent after) implements KeyedChange {
    @Override
    public String key() {
        return agent;
    }
}
