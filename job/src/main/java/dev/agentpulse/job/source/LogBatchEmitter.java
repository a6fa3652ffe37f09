package dev.agentpulse.job.source;

import dev.agentpulse.job.model.LogRecord;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.cdc.connectors.base.source.meta.offset.OffsetFactory;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceSplitState;
import org.apache.flink.cdc.connectors.base.source.metrics.SourceReaderMetrics;
import org.apache.flink.cdc.connectors.base.source.reader.IncrementalSourceRecordEmitter;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Passes on the records of a batch and moves the split's state behind them: to the end of the last transaction, so that a
 * restore begins with a whole one, and for a snapshot to the position from which the log is to be read.
 */
final class LogBatchEmitter extends IncrementalSourceRecordEmitter<LogRecord> {

    LogBatchEmitter(
            DebeziumDeserializationSchema<LogRecord> type, SourceReaderMetrics metrics, OffsetFactory offsetFactory) {
        super(type, metrics, false, offsetFactory);
    }

    @Override
    protected void processElement(SourceRecord element, SourceOutput<LogRecord> output, SourceSplitState splitState) {
        LogBatch batch = (LogBatch) element.value();
        for (LogRecord record : batch.records()) {
            output.collect(record);
        }
        if (batch.snapshotFinished()) {
            splitState.asSnapshotSplitState().setHighWatermark(LogPositions.offset(batch.endLsn()));
        } else if (splitState.isStreamSplitState() && batch.endLsn() != LogBatch.NO_END) {
            splitState.asStreamSplitState().setStartingOffset(LogPositions.offset(batch.endLsn()));
        }
    }
}
