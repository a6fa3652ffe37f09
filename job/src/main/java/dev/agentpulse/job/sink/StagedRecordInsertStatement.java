package dev.agentpulse.job.sink;

import java.util.List;

/** Parts of a tick that is on its way. One that is there already was staged before a restart. */
final class StagedRecordInsertStatement extends BatchStatement<StagedRecord> {

    StagedRecordInsertStatement() {
        super(
                "agentpulse.staged_record",
                5,
                List.of(
                        Column.bigint("lineage", StagedRecord::lineage),
                        Column.text("kind", StagedRecord::kind),
                        Column.bigint("time_micros", StagedRecord::timeMicros),
                        Column.text("position", StagedRecord::position),
                        Column.text("record_key", StagedRecord::key),
                        Column.jsonb("record", StagedRecord::json)));
    }

    @Override
    String sql() {
        return "INSERT INTO agentpulse.staged_record (" + names() + ") SELECT " + names() + " FROM " + source()
                + " ON CONFLICT DO NOTHING";
    }
}
