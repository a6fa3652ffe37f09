package dev.agentpulse.job.performance;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AgentPerformanceRow;
import dev.agentpulse.udf.aggregate.HealthStatus;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QuerySlice;
import dev.agentpulse.udf.aggregate.QueryWindow;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import org.jspecify.annotations.Nullable;

/** What one agent holds on the heap: its windows, its health, and what was last said of it. */
final class AgentWindows {

    final String agent;
    final SlidingWindows<QueryEvent, QuerySlice, QueryWindow> windows;

    /** Rows as last sent; null where nothing was sent since the start, so that the first tick says all. */
    final @Nullable AgentPerformanceRow[] sent;

    @Nullable
    AgentHealthRow sentHealth;

    /** Null before the health was first looked at. */
    @Nullable
    AgentState state;

    boolean stateChanged;

    /** A change came since the rows were last sent. */
    boolean touched;

    /** Time of the transaction whose changes have been applied and whose effect on the health was not looked at yet. */
    long unobservedMicros = Long.MIN_VALUE;

    @Nullable
    Long lastQueryAtMicros;

    AgentWindows(String agent, WindowConfig config, AlertConfig alerts) {
        this.agent = agent;
        this.windows =
                new SlidingWindows<>(config.spec(), QuerySlice::new, () -> new QueryWindow(alerts.slowQueryMs()));
        this.sent = new AgentPerformanceRow[config.count()];
    }

    HealthStatus health() {
        return state == null ? HealthStatus.IDLE : state.health();
    }
}
