package dev.agentpulse.job.sink;

import java.util.List;
import org.postgresql.replication.LogSequenceNumber;

/** Rows of a tick that were left out of it, in the ledger and in the tick's own transaction. */
final class UnwritableRowInsertStatement extends BatchStatement<UnwritableRow> {

    UnwritableRowInsertStatement() {
        super(
                "agentpulse.rejected_change",
                1,
                List.of(
                        Column.text("event_key", UnwritableRow::eventKey),
                        Column.text("source_table", UnwritableRow::table),
                        Column.text("row_key", UnwritableRow::title),
                        Column.text("reason", row -> UnwritableRow.REASON),
                        Column.jsonb("change", UnwritableRow::rowJson),
                        new Column<>("commit_lsn", "pg_lsn", row -> LogSequenceNumber.valueOf(row.lsn())
                                .asString())));
    }

    @Override
    String sql() {
        return "INSERT INTO agentpulse.rejected_change (" + names() + ", rejected_at) SELECT " + names()
                + ", clock_timestamp() FROM " + source() + " ON CONFLICT (event_key) DO NOTHING";
    }
}
