package dev.agentpulse.job.performance;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AgentPerformanceRow;
import dev.agentpulse.job.model.HealthChange;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickLogic;
import dev.agentpulse.job.tick.TickOutput;
import dev.agentpulse.job.tick.WindowState;
import dev.agentpulse.udf.aggregate.HealthStatus;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QuerySlice;
import dev.agentpulse.udf.aggregate.QueryWindow;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import java.util.Objects;
import java.util.OptionalInt;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code agent_performance} and {@code agent_health} for one agent.
 *
 * <p>An update takes its before image out of the windows and puts its after image in. Health is evaluated after each
 * transaction and at each moment at which time alone changes a window, however coarse the ticks are, so that the life
 * of a degraded agent's alert is a function of the log.
 *
 * <table>
 * <caption>State of an agent, timers, late data</caption>
 * <tr><th>what</th><th>written when</th><th>cleared by</th></tr>
 * <tr><td>{@link WindowState}</td><td>before a checkpoint, what changed</td><td>the tick at which no window holds a row
 *     of the agent and none waits for its time</td></tr>
 * <tr><td>{@code agent}: {@link AgentState}</td><td>before a checkpoint, if the health changed</td><td>likewise</td></tr>
 * <tr><td>timer</td><td colspan="2">when time alone next changes a window, see
 *     {@link dev.agentpulse.job.tick.TickOperator}</td></tr>
 * <tr><td>late rows</td><td colspan="2">land in their slice; rows older than the longest window change nothing</td></tr>
 * </table>
 */
public final class AgentPerformanceLogic implements TickLogic<QueryChange, AgentWindows> {

    private static final long serialVersionUID = 1L;
    private static final int SHORTEST = 0;

    private final WindowConfig config;
    private final AlertConfig alerts;
    private final OutputTag<HealthChange> healthTag;

    private transient WindowState<QueryEvent, QuerySlice, QueryWindow> windowState;
    private transient ValueState<AgentState> agentState;

    /** @param healthTag where an agent's health goes, for the alert rule */
    public AgentPerformanceLogic(WindowConfig config, AlertConfig alerts, OutputTag<HealthChange> healthTag) {
        this.config = config;
        this.alerts = alerts;
        this.healthTag = healthTag;
    }

    @Override
    public void open(KeyedStateStore state, boolean sortedMaps) {
        windowState = new WindowState<>(
                state, QueryEvent.class, QuerySlice::decode, events -> events.toArray(QueryEvent[]::new));
        agentState = state.getState(new ValueStateDescriptor<>("agent", TypeInformation.of(AgentState.class)));
    }

    @Override
    public AgentWindows create(String agent) {
        return new AgentWindows(agent, config, alerts);
    }

    @Override
    public @Nullable AgentWindows load(String agent) throws Exception {
        AgentWindows held = create(agent);
        if (!windowState.load(held.sliding())) {
            return null;
        }
        held.state = agentState.value();
        // The checkpoint may have come between a change and its evaluation; evaluating twice changes nothing.
        held.unevaluatedMicros = held.sliding().timeMicros();
        return held;
    }

    @Override
    public void apply(AgentWindows held, QueryChange change, TickOutput out) {
        SlidingWindows<QueryEvent, QuerySlice, QueryWindow> windows = held.sliding();
        long time = change.timeMicros();
        if (time > held.unevaluatedMicros) {
            evaluateApplied(held, out);
            windows.advanceTo(time, step -> evaluate(held, step, out));
        }
        if (change.truncate()) {
            windows.clear();
        }
        held.windows.update(change.before(), change.after(), out);
        held.windows.touch();
        held.unevaluatedMicros = time;
    }

    /** Evaluates the health after the last transaction that was applied. */
    private void evaluateApplied(AgentWindows held, TickOutput out) {
        if (held.unevaluatedMicros != Long.MIN_VALUE) {
            evaluate(held, held.unevaluatedMicros, out);
            held.unevaluatedMicros = Long.MIN_VALUE;
        }
    }

    private void evaluate(AgentWindows held, long timeMicros, TickOutput out) {
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
        held.state = state == null
                // An agent is forgotten when it is idle, so any other status is a change.
                ? new AgentState(health, timeMicros, health != HealthStatus.IDLE, degraded, alarming)
                : state.health() == health
                        ? new AgentState(health, state.sinceMicros(), state.changeObserved(), degraded, alarming)
                        : new AgentState(health, timeMicros, true, degraded, alarming);
        held.stateChanged = true;
        boolean reported = state != null && (state.degraded() || state.alarming());
        if (degraded || reported) {
            out.emit(
                    healthTag,
                    new HealthChange(
                            held.agent, timeMicros, degraded, alarming, minute.averageLatency(), minute.count()),
                    timeMicros);
        }
    }

    @Override
    public long tick(AgentWindows held, long asOfMicros, TickOutput out) {
        evaluateApplied(held, out);
        held.sliding().advanceTo(asOfMicros, step -> evaluate(held, step, out));
        held.windows.emitRows(
                asOfMicros,
                window -> figures(held, window),
                (edges, figures) -> TickRecord.of(new AgentPerformanceRow(held.agent, edges, figures)),
                out);
        emitHealth(held, out);
        return held.sliding().nextStepMicros();
    }

    private static AgentPerformanceRow.Figures figures(AgentWindows held, int index) {
        QueryWindow window = held.windows.window(index);
        OptionalInt maximum = held.sliding().maximum(index);
        return new AgentPerformanceRow.Figures(
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

    private void emitHealth(AgentWindows held, TickOutput out) {
        held.sliding().latestMicros(config.count() - 1).ifPresent(latest -> held.lastQueryAtMicros = latest);
        AgentState state = Objects.requireNonNull(held.state, "health is evaluated before it is emitted");
        AgentHealthRow row = new AgentHealthRow(
                held.agent,
                state.health().text(),
                state.sinceMicros(),
                state.changeObserved(),
                held.windows.window(SHORTEST).averageLatency(),
                held.lastQueryAtMicros);
        if (!row.equals(held.emittedHealth)) {
            held.emittedHealth = row;
            out.emit(TickRecord.of(row));
        }
    }

    @Override
    public void store(AgentWindows held) throws Exception {
        windowState.store(held.sliding());
        if (held.stateChanged) {
            agentState.update(held.state);
            held.stateChanged = false;
        }
    }

    @Override
    public int heapBytes(AgentWindows held) {
        return held.windows.heapBytes();
    }

    @Override
    public long ownHeapBytes() {
        return TickLogic.percentOfHeap(25);
    }

    @Override
    public boolean isDisposable(AgentWindows held) {
        return held.sliding().isEmpty();
    }

    @Override
    public void clear() {
        windowState.clear();
        agentState.clear();
    }
}
