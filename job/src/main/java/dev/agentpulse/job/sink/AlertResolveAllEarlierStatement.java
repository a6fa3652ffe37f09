package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.LogPosition;
import java.util.List;

/** Resolves what a rule had open before a position in the log, whatever its subject: a table was emptied. */
final class AlertResolveAllEarlierStatement extends BatchStatement<AlertChange> {

    /** Alert ids of a rule whose alerts are opened by one change end with its position. */
    private static final int POSITION_LENGTH = LogPosition.ofTime(0).key().length();

    AlertResolveAllEarlierStatement() {
        super(
                "agentpulse.alert_record",
                1,
                List.of(
                        Column.text("alert_id", AlertChange::alertId),
                        Column.text("rule", alert -> alert.rule().text()),
                        Column.time("resolved_at", AlertChange::timeMicros)));
    }

    @Override
    String sql() {
        return "UPDATE agentpulse.alert_record AS a SET status = 'resolved', resolved_at = r.resolved_at FROM "
                + source()
                + " WHERE a.rule = r.rule AND a.status <> 'resolved'"
                + " AND right(a.alert_id, %1$d) COLLATE \"C\" < right(r.alert_id, %1$d) COLLATE \"C\""
                        .formatted(POSITION_LENGTH);
    }
}
