package dev.agentpulse.job.performance;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AgentPerformanceRow;
import dev.agentpulse.job.tick.KeyWindows;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QuerySlice;
import dev.agentpulse.udf.aggregate.QueryWindow;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import org.jspecify.annotations.Nullable;

/** What one agent holds on the heap: its windows, its health, and what was last emitted of it. */
final class AgentWindows {

    final String agent;
    final KeyWindows<QueryEvent, QuerySlice, QueryWindow, AgentPerformanceRow.Figures> windows;

    /** As last emitted; null before, so that the first tick emits it. */
    @Nullable
    AgentHealthRow emittedHealth;

    /** Null before the health was first evaluated. */
    @Nullable
    AgentState state;

    boolean stateChanged;

    /** Time of the transaction whose changes have been applied and after which the health was not evaluated yet. */
    long unevaluatedMicros = Long.MIN_VALUE;

    @Nullable
    Long lastQueryAtMicros;

    AgentWindows(String agent, WindowConfig config, AlertConfig alerts) {
        this.agent = agent;
        this.windows = new KeyWindows<>(
                new SlidingWindows<>(config.spec(), QuerySlice::new, () -> new QueryWindow(alerts.slowQueryMs())),
                config.names());
    }

    SlidingWindows<QueryEvent, QuerySlice, QueryWindow> sliding() {
        return windows.sliding();
    }
}
