package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AlertChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Alerts that open. One that is there already was written before a restart, and whatever happened to it since, also by a
 * person, stays.
 */
final class AlertInsertStatement extends BatchStatement<AlertChange> {

    AlertInsertStatement() {
        super(
                "agentpulse.alert_record",
                1,
                List.of(
                        Column.text("alert_id", AlertChange::alertId),
                        Column.text("rule", alert -> alert.rule().text()),
                        Column.text("subject", AlertChange::subject),
                        Column.text(
                                "severity",
                                alert -> alert.severity() == null
                                        ? null
                                        : alert.severity().text()),
                        Column.text("status", alert -> isPoint(alert) ? "resolved" : "open"),
                        Column.numeric("value", AlertChange::value),
                        Column.numeric("threshold", AlertChange::threshold),
                        Column.text("conversation_id", AlertChange::conversationId),
                        Column.jsonb("details", alert -> alert.detailsJson() == null ? "{}" : alert.detailsJson()),
                        Column.time("opened_at", AlertChange::timeMicros),
                        Column.time("resolved_at", AlertInsertStatement::resolvedAt)));
    }

    private static boolean isPoint(AlertChange alert) {
        return alert.step() == AlertChange.Step.POINT;
    }

    private static @Nullable Long resolvedAt(AlertChange alert) {
        return isPoint(alert) ? alert.timeMicros() : null;
    }

    @Override
    String sql() {
        return "INSERT INTO agentpulse.alert_record (" + names() + ", detected_at) SELECT " + names()
                + ", clock_timestamp() FROM " + source() + " ON CONFLICT (alert_id) DO NOTHING";
    }
}
