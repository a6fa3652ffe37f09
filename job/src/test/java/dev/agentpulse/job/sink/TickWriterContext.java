package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.Samples;
import dev.agentpulse.job.model.TableCounts;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import org.apache.flink.api.connector.sink2.SinkWriter;

/** Says that a record belongs to the tick at {@link Samples#START}. */
enum TickWriterContext implements SinkWriter.Context {
    AT_START;

    /** Completes that tick. */
    static TickRecord progress() {
        TableCounts none = new TableCounts(0, 0, 0, 0);
        return TickRecord.of(new TickProgress(Samples.START, 1, 1, 1, none, none, none, false));
    }

    @Override
    public long currentWatermark() {
        return Long.MIN_VALUE;
    }

    @Override
    public Long timestamp() {
        return Samples.START;
    }
}
