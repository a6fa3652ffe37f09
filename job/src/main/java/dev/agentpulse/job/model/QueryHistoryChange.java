package dev.agentpulse.job.model;

import dev.agentpulse.udf.aggregate.QueryEvent;
import org.jspecify.annotations.Nullable;

/**
 * A change as the history of one agent sees it: a query that moves from one agent to another is a removal for the first
 * and an addition for the second.
 *
 * @param ordinal see {@link LogPosition#ordinal}
 * @param snapshot whether it is part of a snapshot
 * @param deleted whether the row is gone from its table, and not only from this agent
 */
public record QueryHistoryChange(
        String agent,
        long timeMicros,
        int ordinal,
        boolean snapshot,
        boolean truncate,
        boolean deleted,
        @Nullable QueryEvent before,
        @Nullable QueryEvent after)
        implements KeyedChange {

    @Override
    public String key() {
        return agent;
    }
}
