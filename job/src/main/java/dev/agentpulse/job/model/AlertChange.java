package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A step in the life of an alert.
 *
 * @param alertId derived from the log, so that a replay names the same alert
 * @param value what was measured; null where the step does not touch it
 * @param threshold the bound that was passed; null where the rule has none
 * @param detailsJson an object; null where the step does not touch it
 * @param timeMicros event time of the step
 */
public record AlertChange(
        Step step,
        String alertId,
        AlertRule rule,
        String subject,
        @Nullable Severity severity,
        @Nullable BigDecimal value,
        @Nullable BigDecimal threshold,
        @Nullable String conversationId,
        @Nullable String detailsJson,
        long timeMicros) {

    /** What happens to the alert. */
    public enum Step {
        /** It happened and is over: inserted resolved. */
        POINT,
        /** It opens. */
        OPEN,
        /** It gets worse: severity, value and threshold rise. */
        ESCALATE,
        /** It is over. */
        RESOLVE,
        /** Whatever the subject had open before {@code alertId} (ids of a subject sort as the log does) is over. */
        RESOLVE_EARLIER,
        /** Whatever any subject had open before the position that {@code alertId} ends with is over. */
        RESOLVE_ALL_EARLIER
    }
}
