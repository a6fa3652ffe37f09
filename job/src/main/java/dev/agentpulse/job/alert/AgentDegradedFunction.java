package dev.agentpulse.job.alert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.HealthChange;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.TickRecord;
import java.math.BigDecimal;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * {@code agent_degraded}: opens when an agent's health becomes degraded with enough queries to mean it, turns critical
 * when it lasts, and is over when the agent has not been degraded for a while (hysteresis).
 *
 * <p>An agent's health changes come in the order of their times, but much time may have passed in between; so before each
 * change, and at each timer, whatever was due earlier happens first, at its own time.
 *
 * <table>
 * <caption>State of an agent, timers, late data</caption>
 * <tr><th>what</th><th>written when</th><th>cleared by</th></tr>
 * <tr><td>{@code incident}: {@link DegradedIncident}</td><td>at once</td><td>the end of the alert; an agent that has no
 *     query any more is not degraded, so every alert ends</td></tr>
 * <tr><td>timers for turning critical and for the end of the calm</td><td>with the state</td><td>firing; one that no
 *     longer applies finds nothing due</td></tr>
 * <tr><td>late data</td><td colspan="2">none</td></tr>
 * </table>
 */
public final class AgentDegradedFunction extends KeyedProcessFunction<String, HealthChange, TickRecord> {

    private static final long serialVersionUID = 1L;

    private final AlertConfig config;

    private transient ValueState<DegradedIncident> incidentState;

    public AgentDegradedFunction(AlertConfig config) {
        this.config = config;
    }

    @Override
    public void open(OpenContext openContext) {
        incidentState = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("incident", TypeInformation.of(DegradedIncident.class)));
    }

    @Override
    public void processElement(HealthChange change, Context context, Collector<TickRecord> out) throws Exception {
        // What is due at the same instant as the change is judged after the change.
        DegradedIncident incident = advanceTo(incidentState.value(), change.agent(), change.timeMicros() - 1, out);
        if (incident == null && change.alarming()) {
            incident = new DegradedIncident(change.timeMicros(), false, change.averageLatencyMs(), null, null);
            out.collect(alert(AlertChange.Step.OPEN, change.agent(), incident, change.timeMicros()));
            out.collect(degradedMessage(change.agent(), incident, change.timeMicros()));
        } else if (incident != null && change.degraded() && incident.calmSinceMicros() != null) {
            incident = incident.degraded();
        } else if (incident != null && !change.degraded() && incident.calmSinceMicros() == null) {
            incident = incident.calm(change.timeMicros(), change.averageLatencyMs());
        }
        keep(incident, context);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<TickRecord> out) throws Exception {
        keep(advanceTo(incidentState.value(), context.getCurrentKey(), timestamp, out), context);
    }

    private void keep(@Nullable DegradedIncident incident, Context context) throws Exception {
        if (incident == null) {
            incidentState.clear();
            return;
        }
        incidentState.update(incident);
        if (!incident.critical()) {
            context.timerService().registerEventTimeTimer(criticalAt(incident));
        }
        if (incident.calmSinceMicros() != null) {
            context.timerService().registerEventTimeTimer(resolvedAt(incident.calmSinceMicros()));
        }
    }

    /** Emits what is due by {@code timeMicros}, in order; null once the incident is over. */
    private @Nullable DegradedIncident advanceTo(
            @Nullable DegradedIncident incident, String agent, long timeMicros, Collector<TickRecord> out) {
        if (incident == null) {
            return null;
        }
        DegradedIncident now = incident;
        long resolvedAt = now.calmSinceMicros() == null ? Long.MAX_VALUE : resolvedAt(now.calmSinceMicros());
        if (!now.critical() && criticalAt(now) <= timeMicros && criticalAt(now) < resolvedAt) {
            now = now.turnedCritical();
            out.collect(alert(AlertChange.Step.ESCALATE, agent, now, criticalAt(now)));
            out.collect(degradedMessage(agent, now, criticalAt(now)));
        }
        if (resolvedAt <= timeMicros) {
            out.collect(alert(AlertChange.Step.RESOLVE, agent, now, resolvedAt));
            out.collect(message("agent_recovered", agent, now, now.calmLatencyMs(), resolvedAt));
            return null;
        }
        return now;
    }

    private long criticalAt(DegradedIncident incident) {
        return incident.openedAtMicros() + config.degradedCriticalAfterMicros();
    }

    private long resolvedAt(long calmSinceMicros) {
        return calmSinceMicros + config.degradedResolveAfterMicros();
    }

    private TickRecord alert(AlertChange.Step step, String agent, DegradedIncident incident, long timeMicros) {
        return TickRecord.of(new AlertChange(
                step,
                AlertRule.AGENT_DEGRADED.alertIdAt(agent, incident.openedAtMicros()),
                AlertRule.AGENT_DEGRADED,
                agent,
                severity(incident),
                incident.averageLatencyMs(),
                BigDecimal.valueOf(config.healthDegradedMs()),
                null,
                "{}",
                timeMicros));
    }

    private static Severity severity(DegradedIncident incident) {
        return incident.critical() ? Severity.CRITICAL : Severity.WARNING;
    }

    private static TickRecord degradedMessage(String agent, DegradedIncident incident, long timeMicros) {
        return message("agent_degraded", agent, incident, incident.averageLatencyMs(), timeMicros);
    }

    private static TickRecord message(
            String event, String agent, DegradedIncident incident, @Nullable BigDecimal latencyMs, long timeMicros) {
        Severity severity = severity(incident);
        ObjectNode payload = Payload.of(event);
        Payload.put(payload, "agent", agent);
        payload.put("latency_ms", latencyMs);
        payload.putNull("query");
        payload.putNull("conversation_id");
        Payload.putTime(payload, "created_at", timeMicros);
        payload.put("severity", severity.text());
        return TickRecord.of(new ChannelMessage(
                event + ":" + agent + ":" + incident.openedAtMicros() + ":" + severity.text(),
                Channel.PERFORMANCE_ALERT,
                event,
                payload.toString(),
                LogPosition.ofTime(timeMicros),
                timeMicros));
    }
}
