package dev.agentpulse.job.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.TickRecord;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The SLA of one approval: it breaches at {@code created_at} plus the threshold unless it is decided by then, gets worse
 * at two later ages, and is over with the decision.
 *
 * <p>What it says depends on the approval's changes and their times only, not on when it is asked: opening times name
 * alerts, so a replay must find the same ones. An approval that the job hears of after its deadline opens when it hears
 * of it; one that the initial snapshot holds opened at its deadline, and no message tells of what was already so.
 */
final class SlaClock {

    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000L);

    private final AlertConfig config;
    private @Nullable SlaState state;

    /** The row as of the end of the transaction at {@link #rowTimeMicros}, not settled yet. */
    private @Nullable ApprovalRow row;

    private long rowTimeMicros = Long.MIN_VALUE;
    private boolean rowFromSnapshot;
    private boolean unsettled;

    SlaClock(AlertConfig config, @Nullable SlaState state) {
        this.config = config;
        this.state = state;
    }

    @Nullable
    SlaState state() {
        return state;
    }

    /** What the row is after a change; the last one of a transaction counts. */
    void set(@Nullable ApprovalRow after, long timeMicros, boolean snapshot, Consumer<TickRecord> out) {
        if (timeMicros > rowTimeMicros) {
            settle(out);
        }
        row = after;
        rowTimeMicros = timeMicros;
        rowFromSnapshot = snapshot;
        unsettled = true;
    }

    /** Lets everything happen that is due by {@code timeMicros}. */
    void advanceTo(long timeMicros, Consumer<TickRecord> out) {
        settle(out);
        fire(timeMicros, out);
    }

    /** When the next deadline is; {@link Long#MAX_VALUE} if there is none. */
    long nextDeadlineMicros() {
        if (state == null) {
            return Long.MAX_VALUE;
        }
        if (state.severity() == null) {
            return Math.max(deadline(state, Severity.INFO), state.knownSinceMicros());
        }
        Severity next = worse(state.severity());
        return next == null ? Long.MAX_VALUE : deadline(state, next);
    }

    private void settle(Consumer<TickRecord> out) {
        if (!unsettled) {
            return;
        }
        unsettled = false;
        // A decision at the very deadline is in time, so only what was due before it happens first.
        fire(rowTimeMicros - 1, out);
        ApprovalRow now = row;
        SlaState known = state;
        if (known != null && (now == null || !now.isPending() || now.createdAtMicros() != known.createdAtMicros())) {
            resolve(known, out);
            state = known = null;
        }
        if (known == null && now != null && now.isPending()) {
            state = new SlaState(
                    now.id(), now.conversationId(), now.createdAtMicros(), rowTimeMicros, rowFromSnapshot, null, null);
        }
        fire(rowTimeMicros, out);
    }

    private void fire(long timeMicros, Consumer<TickRecord> out) {
        while (state != null && nextDeadlineMicros() <= timeMicros) {
            if (state.severity() == null) {
                open(state, out);
            } else {
                escalate(state, Objects.requireNonNull(worse(state.severity())), out);
            }
        }
    }

    private void open(SlaState known, Consumer<TickRecord> out) {
        long deadline = deadline(known, Severity.INFO);
        boolean alreadySo = deadline <= known.knownSinceMicros();
        long openedAt = alreadySo && !known.fromSnapshot() ? known.knownSinceMicros() : deadline;
        Severity severity = severityAt(known, Math.max(deadline, known.knownSinceMicros()));
        SlaState opened = with(known, openedAt, severity);
        state = opened;
        out.accept(alert(AlertChange.Step.OPEN, opened, severity, openedAt));
        if (!(alreadySo && known.fromSnapshot())) {
            out.accept(message("sla_breach", "", opened, severity, openedAt));
        }
    }

    private void escalate(SlaState known, Severity severity, Consumer<TickRecord> out) {
        long time = deadline(known, severity);
        SlaState escalated = with(known, Objects.requireNonNull(known.openedAtMicros()), severity);
        state = escalated;
        out.accept(alert(AlertChange.Step.ESCALATE, escalated, severity, time));
        out.accept(message("sla_escalated", ":" + severity.text(), escalated, severity, time));
    }

    private void resolve(SlaState known, Consumer<TickRecord> out) {
        if (known.openedAtMicros() == null) {
            return;
        }
        Severity severity = Objects.requireNonNull(known.severity());
        out.accept(alert(AlertChange.Step.RESOLVE, known, severity, rowTimeMicros));
        out.accept(message("sla_resolved", "", known, severity, rowTimeMicros));
    }

    private static SlaState with(SlaState known, long openedAt, Severity severity) {
        return new SlaState(
                known.id(),
                known.conversationId(),
                known.createdAtMicros(),
                known.knownSinceMicros(),
                known.fromSnapshot(),
                openedAt,
                severity);
    }

    private Severity severityAt(SlaState known, long timeMicros) {
        Severity severity = Severity.INFO;
        for (Severity next = worse(severity); next != null && deadline(known, next) <= timeMicros; next = worse(next)) {
            severity = next;
        }
        return severity;
    }

    private static @Nullable Severity worse(Severity severity) {
        return switch (severity) {
            case INFO -> Severity.WARNING;
            case WARNING -> Severity.CRITICAL;
            case CRITICAL -> null;
        };
    }

    private long age(Severity severity) {
        return switch (severity) {
            case INFO -> config.slaThresholdMicros();
            case WARNING -> config.slaWarningMicros();
            case CRITICAL -> config.slaCriticalMicros();
        };
    }

    private long deadline(SlaState known, Severity severity) {
        return known.createdAtMicros() + age(severity);
    }

    private String alertId(SlaState known) {
        return AlertRule.APPROVAL_SLA_BREACH.alertIdAt(known.id(), Objects.requireNonNull(known.openedAtMicros()));
    }

    private TickRecord alert(AlertChange.Step step, SlaState known, Severity severity, long timeMicros) {
        ObjectNode details = Payload.object();
        Payload.putTime(details, "created_at", known.createdAtMicros());
        return TickRecord.of(new AlertChange(
                step,
                alertId(known),
                AlertRule.APPROVAL_SLA_BREACH,
                known.id(),
                severity,
                seconds(timeMicros - known.createdAtMicros()),
                seconds(age(severity)),
                known.conversationId(),
                details.toString(),
                timeMicros));
    }

    private TickRecord message(String event, String keySuffix, SlaState known, Severity severity, long timeMicros) {
        ObjectNode payload = Payload.of(event);
        Payload.put(payload, "id", known.id());
        Payload.put(payload, "conversation_id", known.conversationId());
        Payload.putMinutes(payload, "age_minutes", timeMicros - known.createdAtMicros());
        Payload.putTime(payload, "created_at", known.createdAtMicros());
        payload.put("severity", severity.text());
        return TickRecord.of(new ChannelMessage(
                event + ":" + alertId(known) + keySuffix,
                Channel.SLA_BREACH,
                event,
                payload.toString(),
                LogPosition.ofTime(timeMicros),
                timeMicros));
    }

    private static BigDecimal seconds(long micros) {
        return BigDecimal.valueOf(micros).divide(MICROS_PER_SECOND, 2, RoundingMode.HALF_UP);
    }
}
