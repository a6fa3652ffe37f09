package dev.agentpulse.job.sink;

import dev.agentpulse.job.backfill.PastRows;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.model.TickRecord;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The sink of all ticks. flink-connector-jdbc writes one statement for one table and decides itself when; a tick is one
 * transaction over many tables at the moment its watermark comes, so it has a writer of its own.
 */
public final class TickSink implements Sink<TickRecord>, SupportsWriterState<TickRecord, List<BegunTick.Entry>> {

    private static final long serialVersionUID = 1L;

    private final JobConfig config;

    private final PastRows past;

    /** @param past what history is filled with */
    public TickSink(JobConfig config, PastRows past) {
        this.config = config;
        this.past = past;
    }

    @Override
    @Deprecated
    public SinkWriter<TickRecord> createWriter(InitContext context) {
        throw new UnsupportedOperationException("Flink 1.20 calls createWriter(WriterInitContext)");
    }

    @Override
    public SinkWriter<TickRecord> createWriter(WriterInitContext context) throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<TickRecord, List<BegunTick.Entry>> restoreWriter(
            WriterInitContext context, Collection<List<BegunTick.Entry>> begunTick) throws IOException {
        return new TickWriter(config, past, context.metricGroup(), begunTick);
    }

    @Override
    public SimpleVersionedSerializer<List<BegunTick.Entry>> getWriterStateSerializer() {
        return new BegunTickSerializer();
    }
}
