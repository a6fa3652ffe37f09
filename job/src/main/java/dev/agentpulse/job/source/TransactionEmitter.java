package dev.agentpulse.job.source;

import dev.agentpulse.job.model.LogRecord;
import io.debezium.connector.postgresql.PostgresOffsetContext;
import io.debezium.connector.postgresql.SourceInfo;
import io.debezium.pipeline.txmetadata.TransactionMonitor;
import io.debezium.pipeline.txmetadata.TransactionStatus;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.cdc.connectors.base.source.meta.offset.OffsetFactory;
import org.apache.flink.cdc.connectors.base.source.meta.split.FinishedSnapshotSplitInfo;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceSplitState;
import org.apache.flink.cdc.connectors.base.source.meta.split.StreamSplitState;
import org.apache.flink.cdc.connectors.base.source.metrics.SourceReaderMetrics;
import org.apache.flink.cdc.connectors.base.source.reader.IncrementalSourceRecordEmitter;
import org.apache.flink.cdc.connectors.postgres.source.offset.PostgresOffset;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Passes on the beginning and end of each transaction, which the connector drops, and moves the split's offset only at
 * an end, so that a restore always begins at the start of a transaction.
 *
 * <p>With an offset inside a transaction the connector looks for the record after it by its log position; the rows of
 * one bulk load share a position, and the rest of them would be skipped. The offset is put one byte before the end of
 * the transaction, which is the position of no record: at the very end, where the next transaction may begin, the
 * connector would take that one's first row for one already seen.
 */
final class TransactionEmitter extends IncrementalSourceRecordEmitter<LogRecord> {

    /** Position after the last chunk of the snapshot, once known; {@link Long#MIN_VALUE} where there was none. */
    private @Nullable Long catchUpLsn;

    TransactionEmitter(
            DebeziumDeserializationSchema<LogRecord> deserializer,
            SourceReaderMetrics metrics,
            OffsetFactory offsetFactory) {
        super(deserializer, metrics, false, offsetFactory);
    }

    @Override
    protected void processElement(SourceRecord element, SourceOutput<LogRecord> output, SourceSplitState splitState)
            throws Exception {
        if (!splitState.isStreamSplitState()) {
            super.processElement(element, output, splitState);
            return;
        }
        Struct value = (Struct) element.value();
        if (value.schema().field(TransactionMonitor.DEBEZIUM_TRANSACTION_STATUS_KEY) != null) {
            emitBoundary(element, value, output, splitState.asStreamSplitState());
        } else {
            emitElement(element, output);
        }
    }

    private void emitBoundary(
            SourceRecord element, Struct value, SourceOutput<LogRecord> output, StreamSplitState splitState) {
        Map<String, ?> offset = element.sourceOffset();
        // Behind a pooler or after a wraparound the id may repeat; it is only compared with the last one.
        long transactionId = Long.parseLong(value.getString(TransactionMonitor.DEBEZIUM_TRANSACTION_ID_KEY));
        long commitMicros = number(offset, SourceInfo.TIMESTAMP_USEC_KEY);
        String status = value.getString(TransactionMonitor.DEBEZIUM_TRANSACTION_STATUS_KEY);
        if (TransactionStatus.BEGIN.name().equals(status)) {
            output.collect(LogRecord.begin(transactionId, commitMicros));
            return;
        }
        long endLsn = number(offset, SourceInfo.LSN_KEY);
        splitState.setStartingOffset(justBefore(endLsn, commitMicros));
        output.collect(LogRecord.end(transactionId, commitMicros, endLsn, endLsn >= catchUpLsn(splitState)));
    }

    private static long number(Map<String, ?> offset, String key) {
        if (offset.get(key) instanceof Long number) {
            return number;
        }
        throw new IllegalStateException("the end of a transaction must say " + key + " but says " + offset);
    }

    private static PostgresOffset justBefore(long endLsn, long commitMicros) {
        String lsn = Long.toString(endLsn - 1);
        Map<String, String> offset = new HashMap<>();
        offset.put(SourceInfo.LSN_KEY, lsn);
        offset.put(PostgresOffsetContext.LAST_COMPLETELY_PROCESSED_LSN_KEY, lsn);
        offset.put(PostgresOffsetContext.LAST_COMMIT_LSN_KEY, lsn);
        offset.put(SourceInfo.TIMESTAMP_USEC_KEY, Long.toString(commitMicros));
        return PostgresOffset.of(offset);
    }

    private long catchUpLsn(StreamSplitState splitState) {
        if (catchUpLsn == null) {
            long lsn = Long.MIN_VALUE;
            for (FinishedSnapshotSplitInfo info : splitState.toSourceSplit().getFinishedSnapshotSplitInfos()) {
                lsn = Math.max(
                        lsn, ((PostgresOffset) info.getHighWatermark()).getLsn().asLong());
            }
            catchUpLsn = lsn;
        }
        return catchUpLsn;
    }
}
