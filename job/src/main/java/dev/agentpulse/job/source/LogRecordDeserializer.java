package dev.agentpulse.job.source;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.LogRecord;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.Rejection;
import dev.agentpulse.job.model.SourceTable;
import io.debezium.data.Envelope;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Reads Debezium's structs directly into typed changes. Where a change stands in the log is added by the clock. */
final class LogRecordDeserializer implements DebeziumDeserializationSchema<LogRecord> {

    private static final long serialVersionUID = 1L;

    private final Map<TableName, SourceTable> tables = new HashMap<>();
    private final TableName heartbeatTable;

    LogRecordDeserializer(SourceConfig source) {
        source.tables().forEach((table, name) -> tables.put(name, table));
        this.heartbeatTable = source.heartbeatTable();
    }

    @Override
    public void deserialize(SourceRecord record, Collector<LogRecord> out) {
        Struct envelope = (Struct) record.value();
        Struct source = envelope.getStruct(Envelope.FieldName.SOURCE);
        TableName name = new TableName(source.getString("schema"), source.getString("table"));
        String operation = envelope.getString(Envelope.FieldName.OPERATION);
        boolean snapshot = Envelope.Operation.READ.code().equals(operation);
        SourceTable table = tables.get(name);
        if (table == null) {
            // Not one of ours: the heartbeat, or a table whose name matches one of ours read as a LIKE pattern. In the
            // stream it still counts as a row of its transaction.
            if (name.equals(heartbeatTable) && !snapshot) {
                out.collect(LogRecord.heartbeat(beat(envelope.getStruct(Envelope.FieldName.AFTER))));
            }
            return;
        }
        Long lsn = source.getInt64("lsn");
        Change change = change(table, operation, envelope);
        if (snapshot) {
            change = change.at(ReadPhase.SNAPSHOT, LogPosition.ofTime(Long.MIN_VALUE));
        }
        out.collect(LogRecord.change(lsn == null ? 0 : lsn, change));
    }

    private static long beat(@Nullable Struct after) {
        Long beat = after == null ? null : after.getInt64("beat");
        return beat == null ? LogClockOperator.NO_BEAT : beat;
    }

    private static Change change(SourceTable table, String operation, Struct envelope) {
        if (Envelope.Operation.TRUNCATE.code().equals(operation)) {
            return Change.ofTruncate(table);
        }
        Struct before = envelope.getStruct(Envelope.FieldName.BEFORE);
        Struct after = envelope.getStruct(Envelope.FieldName.AFTER);
        if (Envelope.Operation.UPDATE.code().equals(operation) && before == null) {
            // Somebody took REPLICA IDENTITY FULL away while the job runs.
            Rejection noBefore = RowImages.rejection(table, after, "missing_before_image");
            return switch (table) {
                case QUERIES -> Change.ofQuery(null, null, noBefore);
                case APPROVALS -> Change.ofApproval(null, null, noBefore);
                case FEEDBACK -> Change.ofFeedback(null, null, noBefore);
            };
        }
        return switch (table) {
            case QUERIES -> query(before, after);
            case APPROVALS -> approval(before, after);
            case FEEDBACK -> feedback(before, after);
        };
    }

    // An unusable before image needs no entry: the ledger has it since the row was written.

    private static Change query(@Nullable Struct before, @Nullable Struct after) {
        RowImage<QueryRow> now = RowImages.query(after, before);
        return Change.ofQuery(
                RowImages.query(before, null).row(), now.row(), RowImages.rejection(SourceTable.QUERIES, after, now));
    }

    private static Change approval(@Nullable Struct before, @Nullable Struct after) {
        RowImage<ApprovalRow> now = RowImages.approval(after, before);
        return Change.ofApproval(
                RowImages.approval(before, null).row(),
                now.row(),
                RowImages.rejection(SourceTable.APPROVALS, after, now));
    }

    private static Change feedback(@Nullable Struct before, @Nullable Struct after) {
        RowImage<FeedbackRow> now = RowImages.feedback(after, before);
        return Change.ofFeedback(
                RowImages.feedback(before, null).row(),
                now.row(),
                RowImages.rejection(SourceTable.FEEDBACK, after, now));
    }

    @Override
    public TypeInformation<LogRecord> getProducedType() {
        return TypeInformation.of(LogRecord.class);
    }
}
