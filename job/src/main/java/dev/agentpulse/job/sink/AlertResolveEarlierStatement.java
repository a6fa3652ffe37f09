package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AlertChange;
import java.util.List;

/** Whatever a subject had open before a change is over; ids of one subject sort bytewise as the log does. */
final class AlertResolveEarlierStatement extends BatchStatement<AlertChange> {

    AlertResolveEarlierStatement() {
        super(
                "agentpulse.alert_record",
                1,
                List.of(
                        Column.text("alert_id", AlertChange::alertId),
                        Column.text("rule", alert -> alert.rule().text()),
                        Column.text("subject", AlertChange::subject),
                        Column.time("resolved_at", AlertChange::timeMicros)));
    }

    @Override
    String sql() {
        // Of several ends that came in one tick, an alert's own is the first behind it.
        return "UPDATE agentpulse.alert_record AS a SET status = 'resolved', resolved_at = e.resolved_at FROM"
                + " (SELECT o.alert_id, min(r.resolved_at) AS resolved_at FROM " + source()
                + " JOIN agentpulse.alert_record o ON o.rule = r.rule AND o.subject = r.subject AND o.status <> 'resolved'"
                + " AND o.alert_id COLLATE \"C\" < r.alert_id COLLATE \"C\" GROUP BY o.alert_id) e"
                + " WHERE a.alert_id = e.alert_id";
    }
}
