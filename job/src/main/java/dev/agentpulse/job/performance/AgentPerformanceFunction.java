package dev.agentpulse.job.performance;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AgentPerformanceRow;
import dev.agentpulse.job.model.HealthChange;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickFunction;
import dev.agentpulse.job.tick.WindowState;
import dev.agentpulse.udf.aggregate.HealthStatus;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QuerySlice;
import dev.agentpulse.udf.aggregate.QueryWindow;
import java.util.OptionalInt;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code agent_performance} and {@code agent_health} for one agent.
 *
 * <p>An update takes its before image out of the windows and puts its after image in. Health is looked at after each
 * transaction and at each moment at which time alone changes a window, however coarse the ticks are, so that the life
 * of a degraded agent's alert is a function of the log.
 *
 * <p><b>State:</b> see {@link TickFunction} and {@link WindowState}, and {@link AgentState}; all of it goes when no
 * window holds a row of the agent and none waits for its time. <b>Late rows</b> land in their slice; rows older than
 * the longest window touch nothing.
 */
public final class AgentPerformanceFunction extends TickFunction<QueryChange, AgentWindows, TickRecord> {

    private static final long serialVersionUID = 1L;
    private static final int SHORTEST = 0;

    private final WindowConfig config;
    private final AlertConfig alerts;
    private final OutputTag<HealthChange> healthTag;

    private transient WindowState<QueryEvent, QuerySlice, QueryWindow> windowState;
    private transient ValueState<AgentState> agentState;

    /** @param healthTag where the alert rule hears of an agent's health */
    public AgentPerformanceFunction(WindowConfig config, AlertConfig alerts, OutputTag<HealthChange> healthTag) {
        super(QueryChange.class);
        this.config = config;
        this.alerts = alerts;
        this.healthTag = healthTag;
    }

    @Override
    public void open(OpenContext openContext) throws Exception {
        super.open(openContext);
        windowState = new WindowState<>(
                getRuntimeContext(), QueryEvent.class, QuerySlice::decode, events -> events.toArray(QueryEvent[]::new));
        agentState =
                getRuntimeContext().getState(new ValueStateDescriptor<>("agent", TypeInformation.of(AgentState.class)));
    }

    @Override
    protected AgentWindows load(String agent) throws Exception {
        AgentWindows held = new AgentWindows(agent, config, alerts);
        windowState.load(held.windows);
        held.state = agentState.value();
        // A restore may have come between a change and its being looked at; looking twice finds nothing new.
        held.unobservedMicros = held.windows.timeMicros();
        return held;
    }

    @Override
    protected void apply(AgentWindows held, QueryChange change, Context context, Collector<TickRecord> out) {
        long time = change.position().timeMicros();
        if (time > held.unobservedMicros) {
            observeApplied(held, context);
            held.windows.advanceTo(time, step -> observe(held, step, context));
        }
        if (change.truncate()) {
            held.windows.clear();
        }
        if (change.before() != null) {
            held.windows.retract(event(change.before()));
        }
        if (change.after() != null) {
            held.windows.insert(event(change.after()));
        }
        held.unobservedMicros = time;
        held.touched = true;
    }

    private static QueryEvent event(QueryRow row) {
        return new QueryEvent(row.createdAtMicros(), row.latencyMs(), row.approved(), row.humanEdited());
    }

    /** Looks at the health after the last transaction that was applied. */
    private void observeApplied(AgentWindows held, Context context) {
        if (held.unobservedMicros != Long.MIN_VALUE) {
            observe(held, held.unobservedMicros, context);
            held.unobservedMicros = Long.MIN_VALUE;
        }
    }

    private void observe(AgentWindows held, long timeMicros, Context context) {
        QueryWindow minute = held.windows.window(SHORTEST);
        HealthStatus health = HealthStatus.of(
                minute.count(),
                minute.latencyCount(),
                minute.latencySum(),
                alerts.healthWarningMs(),
                alerts.healthDegradedMs());
        boolean degraded = health == HealthStatus.DEGRADED;
        boolean alarming = degraded && minute.count() >= alerts.degradedMinQueries();
        AgentState state = held.state;
        if (state != null && state.health() == health && state.degraded() == degraded && state.alarming() == alarming) {
            return;
        }
        long since = state != null && state.health() == health ? state.sinceMicros() : timeMicros;
        held.state = new AgentState(health, since, degraded, alarming);
        held.stateChanged = true;
        boolean told = state != null && (state.degraded() || state.alarming());
        if (degraded || told) {
            context.output(
                    healthTag,
                    new HealthChange(
                            held.agent, timeMicros, degraded, alarming, minute.averageLatency(), minute.count()));
        }
    }

    @Override
    protected long tick(AgentWindows held, long asOfMicros, Context context, Collector<TickRecord> out) {
        observeApplied(held, context);
        held.windows.advanceTo(asOfMicros, step -> observe(held, step, context));
        for (int i = 0; i < config.count(); i++) {
            AgentPerformanceRow row = row(held, i, asOfMicros);
            if (held.touched || !row.sameFigures(held.sent[i])) {
                held.sent[i] = row;
                out.collect(TickRecord.of(row));
            }
        }
        sendHealth(held, out);
        held.touched = false;
        return held.windows.nextStepMicros();
    }

    private AgentPerformanceRow row(AgentWindows held, int index, long asOfMicros) {
        QueryWindow window = held.windows.window(index);
        OptionalInt maximum = held.windows.maximum(index);
        return new AgentPerformanceRow(
                held.agent,
                config.names().get(index),
                held.windows.windowStart(index),
                asOfMicros,
                window.count(),
                window.averageLatency(),
                maximum.isPresent() ? maximum.getAsInt() : null,
                percentile(window, 50, maximum),
                percentile(window, 95, maximum),
                percentile(window, 99, maximum),
                window.slowCount(),
                window.approvedCount(),
                window.rejectedCount(),
                window.unreviewedCount(),
                window.approvalRate(),
                window.editedCount(),
                window.editRate(),
                window.qualityScore());
    }

    /** Beyond the exact range a percentile may lie above the true one, but never above the maximum, which is exact. */
    private static @Nullable Integer percentile(QueryWindow window, int percent, OptionalInt maximum) {
        Integer percentile = window.percentile(percent);
        return percentile == null || maximum.isEmpty() ? null : Math.min(percentile, maximum.getAsInt());
    }

    private void sendHealth(AgentWindows held, Collector<TickRecord> out) {
        held.windows.latestMicros(config.count() - 1).ifPresent(latest -> held.lastQueryAtMicros = latest);
        QueryWindow minute = held.windows.window(SHORTEST);
        AgentState state = held.state;
        AgentHealthRow row = new AgentHealthRow(
                held.agent,
                held.health().text(),
                state == null ? held.windows.timeMicros() : state.sinceMicros(),
                minute.averageLatency(),
                held.lastQueryAtMicros);
        if (!row.equals(held.sentHealth)) {
            held.sentHealth = row;
            out.collect(TickRecord.of(row));
        }
    }

    @Override
    protected void store(AgentWindows held) throws Exception {
        windowState.store(held.windows);
        if (held.stateChanged) {
            agentState.update(held.state);
            held.stateChanged = false;
        }
    }

    @Override
    protected boolean isDisposable(AgentWindows held) {
        return held.windows.isEmpty();
    }

    @Override
    protected void clear() {
        windowState.clear();
        agentState.clear();
    }
}
