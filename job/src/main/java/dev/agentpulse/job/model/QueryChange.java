package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/**
 * A change as one agent sees it: a query that moves from one agent to another is a removal for the first and an
 * addition for the second.
 */
public record QueryChange(
        String agent,
        LogPosition position,
        boolean truncate,
        @Nullable QueryRow before,
        @Nullable QueryRow after) implements KeyedChange {
    @Override
    public String key() {
        return agent;
    }
}
