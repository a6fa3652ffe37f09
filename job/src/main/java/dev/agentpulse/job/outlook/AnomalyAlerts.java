package dev.agentpulse.job.outlook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickOutput;
import dev.agentpulse.udf.anomaly.AgentAnomalies;
import dev.agentpulse.udf.anomaly.Deviation;
import dev.agentpulse.udf.anomaly.VolumeDetector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Makes alerts of one agent's anomalies: severity info, one an agent and rule, of shares one a share.
 *
 * @param nowMicros the time of the change or tick at which they are found; half minutes before it may lie before the
 *     last tick, where an agent is small or its rows are few
 */
record AnomalyAlerts(String agent, long nowMicros, TickOutput out) implements AgentAnomalies.Listener {

    private static final int DECIMALS = 4;

    @Override
    public void opened(AgentAnomalies.Measure measure, long timeMicros, VolumeDetector.Found found) {
        boolean byHour = found.hour().beyond() && !found.fiveMinutes().beyond();
        Deviation deviation = byHour ? found.hour() : found.fiveMinutes();
        ObjectNode details = Payload.object();
        details.put("window", byHour ? "1h" : "5m");
        details.put("expected", rounded(deviation.expected()));
        details.put("z", rounded(deviation.z()));
        String share = share(measure);
        if (share != null) {
            details.put("share", share);
        }
        emit(AlertChange.Step.OPEN, measure, timeMicros, rounded(deviation.actual()), details.toString(), timeMicros);
    }

    @Override
    public void closed(AgentAnomalies.Measure measure, long openedAtMicros, long timeMicros) {
        emit(AlertChange.Step.RESOLVE, measure, openedAtMicros, null, null, timeMicros);
    }

    private void emit(
            AlertChange.Step step,
            AgentAnomalies.Measure measure,
            long openedAtMicros,
            @Nullable BigDecimal value,
            @Nullable String details,
            long timeMicros) {
        String share = share(measure);
        AlertRule rule =
                switch (measure) {
                    case VOLUME -> AlertRule.VOLUME_ANOMALY;
                    case LATENCY -> AlertRule.LATENCY_ANOMALY;
                    case REJECTED_RATE, EDITED_RATE -> AlertRule.RATE_ANOMALY;
                };
        out.emit(
                TickRecord.of(new AlertChange(
                        step,
                        rule.alertIdAt(share == null ? agent : share + ":" + agent, openedAtMicros),
                        rule,
                        agent,
                        Severity.INFO,
                        value,
                        null,
                        null,
                        details,
                        timeMicros)),
                nowMicros);
    }

    private static @Nullable String share(AgentAnomalies.Measure measure) {
        return switch (measure) {
            case VOLUME, LATENCY -> null;
            case REJECTED_RATE -> "rejected";
            case EDITED_RATE -> "edited";
        };
    }

    private static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP);
    }
}
