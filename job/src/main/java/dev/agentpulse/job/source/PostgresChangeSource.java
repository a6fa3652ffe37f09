package dev.agentpulse.job.source;

import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.model.LogRecord;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.cdc.connectors.base.config.JdbcSourceConfig;
import org.apache.flink.cdc.connectors.base.source.assigner.HybridSplitAssigner;
import org.apache.flink.cdc.connectors.base.source.assigner.SplitAssigner;
import org.apache.flink.cdc.connectors.base.source.assigner.state.HybridPendingSplitsState;
import org.apache.flink.cdc.connectors.base.source.assigner.state.PendingSplitsState;
import org.apache.flink.cdc.connectors.base.source.assigner.state.SnapshotPendingSplitsState;
import org.apache.flink.cdc.connectors.base.source.meta.offset.Offset;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceSplitBase;
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
import org.apache.flink.connector.base.source.reader.SourceReaderOptions;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.util.Collector;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The incremental source of flink-connector-postgres-cdc 3.5.0 (its enumerator, assigners, reader, split state and
 * checkpoints) with a split reader of our own: {@link LogSplitReader}. The rest here is what the enumerator leaves open,
 * see docs/decisions/0003-change-source.md.
 */
@SuppressWarnings("unchecked") // the connector's reader is declared without type arguments, and so is what makes it
public final class PostgresChangeSource extends PostgresIncrementalSource<LogRecord> {

    private static final long serialVersionUID = 1L;

    private static final long CLOSE_MILLIS = 2_000;

    private final JobConfig jobConfig;

    PostgresChangeSource(PostgresSourceConfigFactory configFactory, JobConfig jobConfig) {
        super(configFactory, new RecordType(), new PostgresOffsetFactory(), new SlotDialect(configFactory.create(0)));
        this.jobConfig = jobConfig;
    }

    /** Only tells the type: records come typed from the split reader. */
    private static final class RecordType implements DebeziumDeserializationSchema<LogRecord> {

        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(SourceRecord record, Collector<LogRecord> out) {
            throw new IllegalStateException("records are not read by the connector");
        }

        @Override
        public TypeInformation<LogRecord> getProducedType() {
            return TypeInformation.of(LogRecord.class);
        }
    }

    @Override
    @SuppressWarnings("rawtypes") // as above
    public PostgresSourceReader createReader(SourceReaderContext readerContext) {
        PostgresSourceConfig config = (PostgresSourceConfig) configFactory.create(readerContext.getIndexOfSubtask());
        IncrementalSourceReaderContext context = new IncrementalSourceReaderContext(readerContext);
        SlotDialect dialect = new SlotDialect(config);
        Supplier<IncrementalSourceSplitReader<JdbcSourceConfig>> splitReaders = () -> new LogSplitReader(
                readerContext.getIndexOfSubtask(), dialect, config, context, jobConfig, dialect.confirmedLsn());
        return new PostgresSourceReader(
                new FutureCompletingBlockingQueue(),
                splitReaders,
                new LogBatchEmitter(
                        deserializationSchema, new SourceReaderMetrics(readerContext.metricGroup()), offsetFactory),
                closingSoon(readerContext.getConfiguration()),
                context,
                config,
                sourceSplitSerializer,
                dialect);
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

    @Override
    public PostgresSourceEnumerator createEnumerator(SplitEnumeratorContext<SourceSplitBase> context) {
        PostgresSourceConfig config = (PostgresSourceConfig) configFactory.create(0);
        return new Enumerator(context, config, new Assigner(config, context, new SlotDialect(config)), false);
    }

    @Override
    public PostgresSourceEnumerator restoreEnumerator(
            SplitEnumeratorContext<SourceSplitBase> context, PendingSplitsState checkpoint) {
        PostgresSourceConfig config = (PostgresSourceConfig) configFactory.create(0);
        Assigner assigner =
                new Assigner(config, context, new SlotDialect(config), (HybridPendingSplitsState) checkpoint);
        return new Enumerator(context, config, assigner, true);
    }

    private final class Enumerator extends PostgresSourceEnumerator {

        private final ReplicationSlot slot = new ReplicationSlot(jobConfig);
        private final boolean restored;

        Enumerator(
                SplitEnumeratorContext<SourceSplitBase> context,
                PostgresSourceConfig config,
                SplitAssigner assigner,
                boolean restored) {
            super(context, config, assigner, (PostgresDialect) dataSourceDialect, getBoundedness());
            this.restored = restored;
        }

        /** The slot comes first: what is committed from then on is in the log, whatever a snapshot sees of it. */
        @Override
        public void start() {
            Prerequisites.require(jobConfig);
            if (restored) {
                slot.confirmedLsn();
            } else {
                slot.createIfMissing();
            }
            super.start();
        }

        /** A failed task hands an empty list back; the connector would make a second stream split (FLINK-38618). */
        @Override
        public void addSplitsBack(List<SourceSplitBase> splits, int subtaskId) {
            if (!splits.isEmpty()) {
                super.addSplitsBack(splits, subtaskId);
            }
        }
    }

    /**
     * The tables, one after the other, then the log. The connector's own assigner may hand out the stream split while a
     * table that was handed back after a failure is being read again, and fails then for want of its position.
     */
    private final class Assigner extends HybridSplitAssigner<JdbcSourceConfig> {

        /** Splits of tables that are being read. */
        private final Set<String> unfinished = new HashSet<>();

        private final SlotDialect dialect;

        Assigner(PostgresSourceConfig config, SplitEnumeratorContext<SourceSplitBase> context, SlotDialect dialect) {
            super(
                    config,
                    context.currentParallelism(),
                    dialect.discoverDataCollections(config),
                    true,
                    dialect,
                    offsetFactory,
                    context);
            this.dialect = dialect;
        }

        Assigner(
                PostgresSourceConfig config,
                SplitEnumeratorContext<SourceSplitBase> context,
                SlotDialect dialect,
                HybridPendingSplitsState checkpoint) {
            super(config, context.currentParallelism(), checkpoint, dialect, offsetFactory, context);
            this.dialect = dialect;
            SnapshotPendingSplitsState tables = checkpoint.getSnapshotPendingSplits();
            unfinished.addAll(tables.getAssignedSplits().keySet());
            unfinished.removeAll(tables.getSplitFinishedOffsets().keySet());
        }

        @Override
        public void open() {
            try {
                super.open();
            } finally {
                dialect.assignerIsOpen();
            }
        }

        @Override
        public Optional<SourceSplitBase> getNext() {
            if (!unfinished.isEmpty()) {
                return Optional.empty(); // the reader asks again when it is done with the table
            }
            Optional<SourceSplitBase> next = super.getNext();
            next.filter(SourceSplitBase::isSnapshotSplit).ifPresent(split -> unfinished.add(split.splitId()));
            return next;
        }

        @Override
        public void onFinishedSplits(Map<String, Offset> finished) {
            super.onFinishedSplits(finished);
            unfinished.removeAll(finished.keySet());
        }

        @Override
        public void addSplits(Collection<SourceSplitBase> splits) {
            super.addSplits(splits);
            splits.forEach(split -> unfinished.remove(split.splitId()));
        }
    }
}
