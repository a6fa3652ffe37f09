package dev.agentpulse.job.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.SlaChange;
import dev.agentpulse.job.model.TickRecord;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The SLA of one approval: it breaches at {@code created_at} plus the threshold unless it is decided by then, gets worse
 * at two later ages, and is over with the decision.
 *
 * <p>What it emits depends on the approval's changes and their times only, not on when time is advanced: opening times
 * name alerts, so a replay must find the same ones. An approval that the job learns of after its deadline opens when it
 * learns of it; one that the initial snapshot holds opened at its deadline, and no message reports what was already so.
 *
 * <p>While the job reads what was committed when it was away, a breach is held back: an approval that was decided in that time
 * raises no alert. Its end is emitted all the same, because a run before may have opened it and then lost what came behind;
 * the writer drops the end of what is not there.
 *
 * <p>Of several changes in one transaction the last one counts. So a change that ends an open alert waits for the time of
 * its transaction to be complete; whatever emits nothing takes effect at once.
 */
final class SlaClock {

    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000L);

    /** Receives what is emitted. */
    interface Output {

        /**
         * Receives one record.
         *
         * @param timeMicros the log's time at which it happens
         */
        void emit(long timeMicros, TickRecord record);
    }

    private final AlertConfig config;
    private final String id;
    private final boolean holdsBack;
    private @Nullable SlaState state;

    /**
     * The clock of an approval.
     *
     * @param holdsBack whether nothing opens yet
     * @param state as {@link #state()} was; null for an approval that is not on the clock
     */
    SlaClock(AlertConfig config, String id, boolean holdsBack, @Nullable SlaState state) {
        this.config = config;
        this.id = id;
        this.holdsBack = holdsBack;
        this.state = state;
    }

    @Nullable
    SlaState state() {
        return state;
    }

    /** Applies a change. Their times never go back. */
    void apply(SlaChange change, Output out) {
        if (change.snapshot()) {
            // Before the stream begins nothing happens: a second reading of the table simply replaces the first.
            state = pending(change);
            return;
        }
        long time = change.timeMicros();
        // A decision at the very deadline is in time, so only what was due before it happens first.
        advanceTo(time - 1, out);
        SlaState known = state;
        boolean same = known != null && change.pending() && change.createdAtMicros() == known.createdAtMicros();
        if (known != null && (known.openedAtMicros() != null || known.ending() != null || isHeldBack(time - 1))) {
            state = known.withEnding(same ? null : change);
        } else if (!same) {
            state = pending(change);
        }
    }

    private static @Nullable SlaState pending(SlaChange change) {
        return change.pending()
                ? SlaState.pending(
                        change.conversationId(), change.createdAtMicros(), change.timeMicros(), change.snapshot())
                : null;
    }

    /** Lets everything happen that is due by {@code timeMicros}, the time of a transaction that is complete. */
    void advanceTo(long timeMicros, Output out) {
        SlaState known = state;
        if (known != null && known.ending() != null && known.ending().timeMicros() <= timeMicros) {
            resolve(known, known.ending().timeMicros(), out);
            state = pending(known.ending());
        }
        fire(timeMicros, out);
    }

    /** When {@link #advanceTo} has something to do next; {@link Long#MAX_VALUE} for never. */
    long nextMicros() {
        if (state == null) {
            return Long.MAX_VALUE;
        }
        if (state.ending() != null) {
            return state.ending().timeMicros();
        }
        if (state.severity() == null) {
            return Math.max(deadline(state, Severity.INFO), state.knownSinceMicros());
        }
        Severity next = worse(state.severity());
        return next == null ? Long.MAX_VALUE : deadline(state, next);
    }

    /** Whether it would have opened by {@code timeMicros}, or before. */
    boolean isHeldBack(long timeMicros) {
        return holdsBack
                && state != null
                && state.severity() == null
                && state.ending() == null
                && nextMicros() <= timeMicros;
    }

    private void fire(long timeMicros, Output out) {
        while (state != null && state.ending() == null && nextMicros() <= timeMicros && !isHeldBack(timeMicros)) {
            if (state.severity() == null) {
                open(state, out);
            } else {
                escalate(state, Objects.requireNonNull(worse(state.severity())), out);
            }
        }
    }

    private void open(SlaState known, Output out) {
        long happensAt = nextMicros();
        SlaState opened = opened(known, Math.max(deadline(known, Severity.INFO), known.knownSinceMicros()));
        Severity severity = Objects.requireNonNull(opened.severity());
        long openedAt = Objects.requireNonNull(opened.openedAtMicros());
        state = opened;
        out.emit(happensAt, alert(AlertChange.Step.OPEN, opened, severity, openedAt));
        if (!(isAlreadySo(known) && known.fromSnapshot())) {
            out.emit(happensAt, message("sla_breach", "", opened, severity, openedAt));
        }
    }

    /** With its alert, as bad as it was at a time. */
    private SlaState opened(SlaState known, long timeMicros) {
        long openedAt =
                isAlreadySo(known) && !known.fromSnapshot() ? known.knownSinceMicros() : deadline(known, Severity.INFO);
        return known.withAlert(openedAt, severityAt(known, timeMicros));
    }

    /** Whether it was overdue when the job learned of it. */
    private boolean isAlreadySo(SlaState known) {
        return deadline(known, Severity.INFO) <= known.knownSinceMicros();
    }

    private void escalate(SlaState known, Severity severity, Output out) {
        long time = deadline(known, severity);
        SlaState escalated = known.withAlert(Objects.requireNonNull(known.openedAtMicros()), severity);
        state = escalated;
        out.emit(time, alert(AlertChange.Step.ESCALATE, escalated, severity, time));
        out.emit(time, message("sla_escalated", ":" + severity.text(), escalated, severity, time));
    }

    private void resolve(SlaState ended, long time, Output out) {
        SlaState known = ended.openedAtMicros() == null ? opened(ended, time - 1) : ended;
        Severity severity = Objects.requireNonNull(known.severity());
        out.emit(time, alert(AlertChange.Step.RESOLVE, known, severity, time));
        out.emit(time, message(ChannelMessage.SLA_RESOLVED, "", known, severity, time));
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
        return AlertRule.APPROVAL_SLA_BREACH.alertIdAt(id, Objects.requireNonNull(known.openedAtMicros()));
    }

    private TickRecord alert(AlertChange.Step step, SlaState known, Severity severity, long timeMicros) {
        ObjectNode details = Payload.object();
        Payload.putTime(details, "created_at", known.createdAtMicros());
        return TickRecord.of(new AlertChange(
                step,
                alertId(known),
                AlertRule.APPROVAL_SLA_BREACH,
                id,
                severity,
                seconds(timeMicros - known.createdAtMicros()),
                seconds(age(severity)),
                known.conversationId(),
                details.toString(),
                timeMicros));
    }

    private TickRecord message(String event, String keySuffix, SlaState known, Severity severity, long timeMicros) {
        ObjectNode payload = Payload.of(event);
        Payload.put(payload, "id", id);
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
