package dev.agentpulse.job.sink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.Progress;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.model.TableCounts;
import java.util.List;
import org.postgresql.replication.LogSequenceNumber;

/** The row of {@code pipeline_status} that says how complete the results are. */
final class PipelineStatusUpsertStatement extends UpsertStatement<Progress> {

    /** Key in {@code details} that tells one lineage of state from another. */
    static final String LINEAGE = "lineage_micros";

    static final String TABLE = "agentpulse.pipeline_status";

    PipelineStatusUpsertStatement(String component) {
        super(
                TABLE,
                1,
                List.of(
                        Column.text("component", progress -> component),
                        Column.time("as_of", Progress::asOfMicros),
                        new Column<>("commit_lsn", "pg_lsn", progress -> LogSequenceNumber.valueOf(progress.lsn())
                                .asString()),
                        Column.bigint("tick", Progress::tick),
                        Column.bigint(
                                "changes_read", progress -> total(progress).read()),
                        Column.bigint(
                                "changes_late", progress -> total(progress).late()),
                        Column.bigint(
                                "changes_rejected", progress -> total(progress).rejected()),
                        Column.bigint(
                                "changes_replayed", progress -> total(progress).replayed()),
                        Column.jsonb("details", PipelineStatusUpsertStatement::details)));
    }

    @Override
    String replacement(String column) {
        // The last replaced column carries the write time along.
        return column.equals("details")
                ? "EXCLUDED.details, written_at = clock_timestamp()"
                : super.replacement(column);
    }

    private static TableCounts total(Progress progress) {
        return progress.queries().plus(progress.approvals()).plus(progress.feedback());
    }

    private static String details(Progress progress) {
        ObjectNode details = Payload.object();
        details.put(LINEAGE, progress.lineageMicros());
        put(details, SourceTable.QUERIES, progress.queries());
        put(details, SourceTable.APPROVALS, progress.approvals());
        put(details, SourceTable.FEEDBACK, progress.feedback());
        return details.toString();
    }

    private static void put(ObjectNode details, SourceTable table, TableCounts counts) {
        details.putObject(table.label())
                .put("read", counts.read())
                .put("late", counts.late())
                .put("rejected", counts.rejected())
                .put("replayed", counts.replayed());
    }
}
