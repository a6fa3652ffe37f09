package dev.agentpulse.job.outlook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickOutput;
import dev.agentpulse.udf.outlook.QualityDrop;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Makes alerts and messages of a drop of one agent's quality: severity info.
 *
 * @param nowMicros the time of the change or tick at which it is found, which the minute that found it has ended before
 */
record QualityAlerts(String agent, long nowMicros, TickOutput out) implements QualityDrop.Listener {

    private static final String RECOVERED = "quality_recovered";

    @Override
    public void dropped(long timeMicros, QualityDrop.Compared compared) {
        ObjectNode details = Payload.object();
        details.put("usual", OutlookFigures.rounded(compared.usual()));
        details.put("usual_low", OutlookFigures.rounded(compared.usualLow()));
        details.put("usual_high", OutlookFigures.rounded(compared.usualHigh()));
        details.put("quality_low", OutlookFigures.rounded(compared.low()));
        details.put("quality_high", OutlookFigures.rounded(compared.high()));
        details.put("reviewed_n", compared.reviewed());
        emit(
                AlertChange.Step.OPEN,
                timeMicros,
                OutlookFigures.rounded(compared.score()),
                OutlookFigures.rounded(compared.usual() - QualityDrop.POINTS),
                details.toString(),
                timeMicros);
        send(AlertRule.QUALITY_DROP.text(), timeMicros, compared, timeMicros);
    }

    @Override
    public void recovered(long droppedAtMicros, long timeMicros, QualityDrop.@Nullable Compared compared) {
        emit(AlertChange.Step.RESOLVE, droppedAtMicros, null, null, null, timeMicros);
        send(RECOVERED, droppedAtMicros, compared, timeMicros);
    }

    private void emit(
            AlertChange.Step step,
            long openedAtMicros,
            @Nullable BigDecimal value,
            @Nullable BigDecimal threshold,
            @Nullable String details,
            long timeMicros) {
        out.emit(
                TickRecord.of(new AlertChange(
                        step,
                        AlertRule.QUALITY_DROP.alertIdAt(agent, openedAtMicros),
                        AlertRule.QUALITY_DROP,
                        agent,
                        Severity.INFO,
                        value,
                        threshold,
                        null,
                        details,
                        timeMicros)),
                nowMicros);
    }

    private void send(String event, long openedAtMicros, QualityDrop.@Nullable Compared compared, long timeMicros) {
        ObjectNode payload = Payload.of(event);
        Payload.put(payload, "agent", agent);
        payload.put("score", compared == null ? null : OutlookFigures.rounded(compared.score()));
        payload.put("usual", compared == null ? null : OutlookFigures.rounded(compared.usual()));
        payload.putNull("latency_ms");
        payload.putNull("query");
        payload.putNull("conversation_id");
        Payload.putTime(payload, "created_at", timeMicros);
        payload.put("severity", Severity.INFO.text());
        out.emit(
                TickRecord.of(new ChannelMessage(
                        event + ":" + agent + ":" + openedAtMicros,
                        Channel.PERFORMANCE_ALERT,
                        event,
                        payload.toString(),
                        LogPosition.ofTime(timeMicros),
                        timeMicros)),
                nowMicros);
    }
}
