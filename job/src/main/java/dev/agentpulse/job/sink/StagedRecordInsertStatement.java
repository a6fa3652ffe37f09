package dev.agentpulse.job.sink;

import java.util.List;

/**
 * Parts of a tick that is on its way. One that is there already was staged before a restart: to look for it costs as much
 * as to write it, so the statement does so only if it is told to.
 */
final class StagedRecordInsertStatement extends BatchStatement<StagedRecord> {

    private final boolean onlyMissing;

    /** @param onlyMissing whether those that are there already are left out; without, they are a unique violation */
    StagedRecordInsertStatement(boolean onlyMissing) {
        super(
                "agentpulse.staged_record",
                5,
                List.of(
                        Column.bigint("lineage", StagedRecord::lineage),
                        Column.text("kind", StagedRecord::kind),
                        Column.bigint("time_micros", StagedRecord::timeMicros),
                        Column.text("position", StagedRecord::position),
                        Column.text("record_key", StagedRecord::key),
                        Column.text("record", StagedRecord::json),
                        Column.time("event_time", StagedRecord::eventMicros)));
        this.onlyMissing = onlyMissing;
    }

    @Override
    String sql() {
        return "INSERT INTO agentpulse.staged_record (" + names() + ") SELECT " + names() + " FROM " + source()
                + (onlyMissing ? " ON CONFLICT DO NOTHING" : "");
    }
}
