package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AlertChange;
import java.util.List;

/** Alerts that are over. */
final class AlertResolveStatement extends BatchStatement<AlertChange> {

    AlertResolveStatement() {
        super(
                "agentpulse.alert_record",
                1,
                List.of(
                        Column.text("alert_id", AlertChange::alertId),
                        Column.time("resolved_at", AlertChange::timeMicros)));
    }

    @Override
    String sql() {
        return "UPDATE agentpulse.alert_record AS a SET status = 'resolved', resolved_at = r.resolved_at FROM "
                + source() + " WHERE a.alert_id = r.alert_id AND a.status <> 'resolved'";
    }
}
