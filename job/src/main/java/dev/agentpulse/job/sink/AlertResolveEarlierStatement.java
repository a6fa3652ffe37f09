package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AlertChange;
import java.util.List;

/** Whatever a subject had open before a change is over; ids of one subject sort bytewise as the log does. */
final class AlertResolveEarlierStatement extends BatchStatement<AlertChange> {

    AlertResolveEarlierStatement() {
        super(List.of(
                Column.text("alert_id", AlertChange::alertId),
                Column.text("rule", alert -> alert.rule().text()),
                Column.text("subject", AlertChange::subject),
                Column.time("resolved_at", AlertChange::timeMicros)));
    }

    @Override
    String sql() {
        return "UPDATE agentpulse.alert AS a SET status = 'resolved', resolved_at = r.resolved_at FROM " + source()
                + " WHERE a.rule = r.rule AND a.subject = r.subject AND a.status <> 'resolved'"
                + " AND a.alert_id COLLATE \"C\" < r.alert_id COLLATE \"C\"";
    }
}
