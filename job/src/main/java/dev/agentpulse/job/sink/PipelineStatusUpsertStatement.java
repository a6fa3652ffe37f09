package dev.agentpulse.job.sink;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.model.TableCounts;
import dev.agentpulse.job.model.TickProgress;
import java.util.List;
import org.postgresql.replication.LogSequenceNumber;

/** The row of {@code pipeline_status}: how complete the results are. */
final class PipelineStatusUpsertStatement extends UpsertStatement<PipelineStatus> {

    /** Key in {@code details} that tells one lineage of state from another. */
    static final String LINEAGE = "lineage";

    /** Key in {@code details} of {@link PipelineStatus#unmatchedRetractions}. */
    static final String UNMATCHED = "unmatched_retractions";

    /** Key in {@code details} of {@link PipelineStatus#notificationsLeftOut}. */
    static final String LEFT_OUT = "notifications_left_out";

    /** Key in {@code details} of {@link PipelineStatus#rowsNotWritten}. */
    static final String NOT_WRITTEN = "rows_not_written";

    /** Key in {@code details} of how far a transaction is that is not complete; a tick leaves it out. */
    static final String TRANSACTION = "transaction";

    /** Key in {@code details} of {@link TickProgress#backlog}; there while it is so. */
    private static final String BACKLOG = "backlog";

    /** Key in {@code details} of {@link PipelineStatus#findings}. */
    private static final String FINDINGS = "findings";

    static final String TABLE = "agentpulse.pipeline_status";

    PipelineStatusUpsertStatement(String component) {
        super(
                TABLE,
                1,
                List.of(
                        Column.text("component", status -> component),
                        Column.time("as_of", status -> status.progress().asOfMicros()),
                        new Column<>("commit_lsn", "pg_lsn", status -> LogSequenceNumber.valueOf(
                                        status.progress().lsn())
                                .asString()),
                        Column.bigint("tick", status -> status.progress().tick()),
                        Column.bigint("changes_read", status -> total(status).read()),
                        Column.bigint("changes_late", status -> total(status).late()),
                        Column.bigint(
                                "changes_rejected", status -> total(status).rejected()),
                        Column.bigint(
                                "changes_replayed", status -> total(status).replayed()),
                        Column.jsonb("details", PipelineStatusUpsertStatement::details)));
    }

    @Override
    String replacement(String column) {
        // The last replaced column carries the write time along.
        return column.equals("details")
                ? "EXCLUDED.details, written_at = clock_timestamp()"
                : super.replacement(column);
    }

    private static TableCounts total(PipelineStatus status) {
        TickProgress progress = status.progress();
        return progress.queries().plus(progress.approvals()).plus(progress.feedback());
    }

    private static String details(PipelineStatus status) {
        TickProgress progress = status.progress();
        ObjectNode details = Payload.object();
        details.put(LINEAGE, progress.lineage());
        put(details, SourceTable.QUERIES, progress.queries());
        put(details, SourceTable.APPROVALS, progress.approvals());
        put(details, SourceTable.FEEDBACK, progress.feedback());
        details.put(UNMATCHED, status.unmatchedRetractions());
        details.put(LEFT_OUT, status.notificationsLeftOut());
        details.put(NOT_WRITTEN, status.rowsNotWritten());
        if (progress.backlog()) {
            details.put(BACKLOG, true);
        }
        ArrayNode findings = details.putArray(FINDINGS);
        status.findings().forEach(findings::add);
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
