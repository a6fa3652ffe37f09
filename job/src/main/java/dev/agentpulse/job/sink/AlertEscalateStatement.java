package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AlertChange;
import java.util.List;

/** Alerts that get worse; at most one step an alert and statement. One that is over stays as it is. */
final class AlertEscalateStatement extends BatchStatement<AlertChange> {

    AlertEscalateStatement() {
        super(
                "agentpulse.alert_record",
                1,
                List.of(
                        Column.text("alert_id", AlertChange::alertId),
                        Column.text(
                                "severity",
                                alert -> alert.severity() == null
                                        ? null
                                        : alert.severity().text()),
                        Column.numeric("value", AlertChange::value),
                        Column.numeric("threshold", AlertChange::threshold)));
    }

    @Override
    String sql() {
        return "UPDATE agentpulse.alert_record AS a SET severity = r.severity, value = r.value, threshold = r.threshold FROM "
                + source() + " WHERE a.alert_id = r.alert_id AND a.status <> 'resolved'";
    }
}
