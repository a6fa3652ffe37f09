package dev.agentpulse.job.sink;

import java.util.List;

/** Alerts that were over before anybody looked: the time is that of the database, because no change says when. */
final class AlertResolveNowStatement extends BatchStatement<String> {

    AlertResolveNowStatement() {
        super("agentpulse.alert_record", 1, List.of(Column.text("alert_id", alertId -> alertId)));
    }

    @Override
    String sql() {
        return "UPDATE agentpulse.alert_record AS a SET status = 'resolved', resolved_at = clock_timestamp() FROM "
                + source() + " WHERE a.alert_id = r.alert_id AND a.status <> 'resolved'";
    }
}
