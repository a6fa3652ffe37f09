package dev.agentpulse.job.source;

import dev.agentpulse.job.model.LogRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.cdc.connectors.base.config.JdbcSourceConfig;
import org.apache.flink.cdc.connectors.base.config.SourceConfig;
import org.apache.flink.cdc.connectors.base.source.assigner.HybridSplitAssigner;
import org.apache.flink.cdc.connectors.base.source.assigner.SplitAssigner;
import org.apache.flink.cdc.connectors.base.source.assigner.StreamSplitAssigner;
import org.apache.flink.cdc.connectors.base.source.assigner.state.HybridPendingSplitsState;
import org.apache.flink.cdc.connectors.base.source.assigner.state.PendingSplitsState;
import org.apache.flink.cdc.connectors.base.source.assigner.state.StreamPendingSplitsState;
import org.apache.flink.cdc.connectors.base.source.meta.offset.Offset;
import org.apache.flink.cdc.connectors.base.source.meta.split.FinishedSnapshotSplitInfo;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceRecords;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceSplitBase;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceSplitState;
import org.apache.flink.cdc.connectors.base.source.meta.split.StreamSplit;
import org.apache.flink.cdc.connectors.base.source.metrics.SourceReaderMetrics;
import org.apache.flink.cdc.connectors.base.source.reader.IncrementalSourceReaderContext;
import org.apache.flink.cdc.connectors.base.source.reader.IncrementalSourceSplitReader;
import org.apache.flink.cdc.connectors.postgres.source.PostgresDialect;
import org.apache.flink.cdc.connectors.postgres.source.PostgresSourceBuilder.PostgresIncrementalSource;
import org.apache.flink.cdc.connectors.postgres.source.config.PostgresSourceConfig;
import org.apache.flink.cdc.connectors.postgres.source.config.PostgresSourceConfigFactory;
import org.apache.flink.cdc.connectors.postgres.source.enumerator.PostgresSourceEnumerator;
import org.apache.flink.cdc.connectors.postgres.source.offset.PostgresOffsetFactory;
import org.apache.flink.cdc.connectors.postgres.source.reader.PostgresSourceReader;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.SourceReaderOptions;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;

/**
 * The incremental source of flink-connector-postgres-cdc 3.5.0 with what that version leaves open closed:
 *
 * <ul>
 *   <li>transactions are visible, and a restore begins at the start of one ({@link TransactionEmitter});
 *   <li>the stream begins where the slot was made, before any chunk was read, and the log position after the last
 *       chunk is known as the end of the catch-up ({@link CatchUpAssigner});
 *   <li>without a snapshot, a transaction that was open at the position to go on from is read whole
 *       ({@link LatestAssigner});
 *   <li>a failed task does not make a second stream split ({@link Enumerator}, FLINK-38618);
 *   <li>a slot that is gone, lost or ahead of the restored position stops the job ({@link SlotGuard}).
 * </ul>
 */
@SuppressWarnings("unchecked") // the connector's reader is declared without type arguments, and so is what makes it
public final class PostgresChangeSource extends PostgresIncrementalSource<LogRecord> {

    private static final long serialVersionUID = 1L;

    private static final long CLOSE_MILLIS = 2_000;

    private final boolean startsLatest;
    private final SlotGuard slotGuard;

    /** @param startsLatest without a snapshot; {@code configFactory} must say "initial" all the same */
    PostgresChangeSource(
            PostgresSourceConfigFactory configFactory,
            DebeziumDeserializationSchema<LogRecord> deserializer,
            PostgresOffsetFactory offsetFactory,
            PostgresDialect dialect,
            boolean startsLatest,
            SlotGuard slotGuard) {
        super(configFactory, deserializer, offsetFactory, dialect);
        this.startsLatest = startsLatest;
        this.slotGuard = slotGuard;
    }

    @Override
    protected RecordEmitter<SourceRecords, LogRecord, SourceSplitState> createRecordEmitter(
            SourceConfig sourceConfig, SourceReaderMetrics metrics) {
        return new TransactionEmitter(deserializationSchema, metrics, offsetFactory);
    }

    @Override
    public PostgresSourceEnumerator createEnumerator(SplitEnumeratorContext<SourceSplitBase> context) {
        PostgresSourceConfig config = (PostgresSourceConfig) configFactory.create(0);
        SplitAssigner assigner =
                startsLatest ? new LatestAssigner(config, context) : new CatchUpAssigner(config, context);
        return new Enumerator(context, config, assigner, false);
    }

    @Override
    public PostgresSourceEnumerator restoreEnumerator(
            SplitEnumeratorContext<SourceSplitBase> context, PendingSplitsState checkpoint) {
        PostgresSourceConfig config = (PostgresSourceConfig) configFactory.create(0);
        SplitAssigner assigner = checkpoint instanceof StreamPendingSplitsState stream
                ? new LatestAssigner(config, context, stream)
                : new CatchUpAssigner(config, context, (HybridPendingSplitsState) checkpoint);
        return new Enumerator(context, config, assigner, true);
    }

    @Override
    @SuppressWarnings("rawtypes") // as above
    public PostgresSourceReader createReader(SourceReaderContext readerContext) throws Exception {
        PostgresSourceConfig config = (PostgresSourceConfig) configFactory.create(readerContext.getIndexOfSubtask());
        IncrementalSourceReaderContext context = new IncrementalSourceReaderContext(readerContext);
        Supplier<IncrementalSourceSplitReader<JdbcSourceConfig>> splitReaders =
                () -> new IncrementalSourceSplitReader<>(
                        readerContext.getIndexOfSubtask(), dataSourceDialect, config, context, snapshotHooks);
        return new PostgresSourceReader(
                new FutureCompletingBlockingQueue(),
                splitReaders,
                createRecordEmitter(config, new SourceReaderMetrics(readerContext.metricGroup())),
                closingSoon(readerContext.getConfiguration()),
                context,
                config,
                sourceSplitSerializer,
                dataSourceDialect) {
            @Override
            public void addSplits(List splits) {
                for (SourceSplitBase split : (List<SourceSplitBase>) splits) {
                    if (split.isStreamSplit()) {
                        slotGuard.check(split.asStreamSplit().getStartingOffset());
                    }
                }
                super.addSplits(splits);
            }
        };
    }

    /**
     * When a task ends while its queue is full, the fetcher never notices: waiting for it as long as the default says
     * (30 s) is as long as a task may take to end, and would cost the whole task manager.
     */
    private static Configuration closingSoon(Configuration configuration) {
        Configuration options = new Configuration(configuration);
        options.set(SourceReaderOptions.SOURCE_READER_CLOSE_TIMEOUT, CLOSE_MILLIS);
        return options;
    }

    /**
     * The connector's enumerator, deaf to the empty list that a failed task hands back (FLINK-38618), and one that makes
     * no slot anew for a job that had one.
     */
    private final class Enumerator extends PostgresSourceEnumerator {

        private final boolean restored;

        Enumerator(
                SplitEnumeratorContext<SourceSplitBase> context,
                PostgresSourceConfig config,
                SplitAssigner assigner,
                boolean restored) {
            super(context, config, assigner, (PostgresDialect) dataSourceDialect, getBoundedness());
            this.restored = restored;
        }

        @Override
        public void start() {
            if (restored) {
                slotGuard.checkExists();
            }
            super.start();
        }

        @Override
        public void addSplitsBack(List<SourceSplitBase> splits, int subtaskId) {
            if (!splits.isEmpty()) {
                super.addSplitsBack(splits, subtaskId);
            }
        }
    }

    /**
     * The stream only. The connector's stream-only modes drop each row whose log position lies before the split's
     * offset; a transaction that was begun before it and committed behind it would lose its first rows, at the start
     * and at each restore. In its mode "initial" without chunks the reader drops nothing.
     */
    private final class LatestAssigner extends StreamSplitAssigner {

        private final PostgresSourceConfig config;

        LatestAssigner(PostgresSourceConfig config, SplitEnumeratorContext<SourceSplitBase> context) {
            super(config, dataSourceDialect, offsetFactory, context);
            this.config = config;
        }

        LatestAssigner(
                PostgresSourceConfig config,
                SplitEnumeratorContext<SourceSplitBase> context,
                StreamPendingSplitsState checkpoint) {
            super(config, checkpoint, dataSourceDialect, offsetFactory, context);
            this.config = config;
        }

        @Override
        public StreamSplit createStreamSplit() {
            return new StreamSplit(
                    StreamSplit.STREAM_SPLIT_ID,
                    dataSourceDialect.displayCurrentOffset(config),
                    offsetFactory.createNoStoppingOffset(),
                    List.of(),
                    new HashMap<>(),
                    0);
        }
    }

    /**
     * Snapshot, then stream, so that nothing falls between them: the stream begins at the slot's own position, and each
     * finished chunk carries the log position after the last one as its high watermark. Until the log has passed that,
     * a change may be one that the snapshot has seen.
     */
    private final class CatchUpAssigner extends HybridSplitAssigner<JdbcSourceConfig> {

        private final PostgresSourceConfig config;

        CatchUpAssigner(PostgresSourceConfig config, SplitEnumeratorContext<SourceSplitBase> context) {
            super(
                    config,
                    context.currentParallelism(),
                    dataSourceDialect.discoverDataCollections(config),
                    true,
                    dataSourceDialect,
                    offsetFactory,
                    context);
            this.config = config;
        }

        CatchUpAssigner(
                PostgresSourceConfig config,
                SplitEnumeratorContext<SourceSplitBase> context,
                HybridPendingSplitsState checkpoint) {
            super(config, context.currentParallelism(), checkpoint, dataSourceDialect, offsetFactory, context);
            this.config = config;
        }

        @Override
        public StreamSplit createStreamSplit() {
            StreamSplit split = super.createStreamSplit();
            PostgresDialect dialect = (PostgresDialect) dataSourceDialect;
            Offset start = dialect.displayCommittedOffset(config);
            Offset caughtUp = dialect.displayCurrentOffset(config);
            Collection<FinishedSnapshotSplitInfo> infos = split.getFinishedSnapshotSplitInfos();
            return new StreamSplit(
                    split.splitId(),
                    start,
                    split.getEndingOffset(),
                    infos.stream()
                            .map(info -> new FinishedSnapshotSplitInfo(
                                    info.getTableId(),
                                    info.getSplitId(),
                                    info.getSplitStart(),
                                    info.getSplitEnd(),
                                    caughtUp,
                                    offsetFactory))
                            .toList(),
                    new HashMap<>(),
                    split.getTotalFinishedSplitSize());
        }
    }
}
