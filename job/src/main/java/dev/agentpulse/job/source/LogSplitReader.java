package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.ServerPatience;
import dev.agentpulse.job.config.SessionKind;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.cdc.connectors.base.config.JdbcSourceConfig;
import org.apache.flink.cdc.connectors.base.dialect.DataSourceDialect;
import org.apache.flink.cdc.connectors.base.source.meta.split.ChangeEventRecords;
import org.apache.flink.cdc.connectors.base.source.meta.split.SnapshotSplit;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceRecords;
import org.apache.flink.cdc.connectors.base.source.meta.split.SourceSplitBase;
import org.apache.flink.cdc.connectors.base.source.meta.split.StreamSplit;
import org.apache.flink.cdc.connectors.base.source.reader.IncrementalSourceReaderContext;
import org.apache.flink.cdc.connectors.base.source.reader.IncrementalSourceSplitReader;
import org.apache.flink.cdc.connectors.base.source.utils.hooks.SnapshotPhaseHooks;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of the connector's split reader: reads snapshots and the log itself, in Flink's fetcher thread. All
 * snapshots come before the log, whichever order their splits come in; back-pressure is Flink's element queue.
 */
final class LogSplitReader extends IncrementalSourceSplitReader<JdbcSourceConfig> {

    private final JobConfig config;
    private final ReplicationSlot slot;
    private final AtomicLong confirmedLsn;
    private final SnapshotProgress progress;

    private final Queue<SnapshotSplit> snapshotSplits = new ArrayDeque<>();
    private @Nullable StreamSplit streamSplit;
    private @Nullable SlotStart slotStart;
    private @Nullable SnapshotSplit currentSnapshot;
    private @Nullable SnapshotReader snapshot;
    private @Nullable LogReader log;
    private final ServerPatience patience = new ServerPatience();
    private boolean serverIsUp;

    /** The same for all tables: nothing is confirmed before the log is read. */
    private record SlotStart(long lsn, long eventsFromLsn) {}

    /** @param confirmedLsn see {@link LogReader} */
    LogSplitReader(
            int subtask,
            DataSourceDialect<JdbcSourceConfig> dialect,
            JdbcSourceConfig connectorConfig,
            IncrementalSourceReaderContext context,
            JobConfig config,
            AtomicLong confirmedLsn) {
        super(subtask, dialect, connectorConfig, context, SnapshotPhaseHooks.empty());
        this.config = config;
        this.slot = new ReplicationSlot(config);
        this.progress = new SnapshotProgress(config.writer());
        this.confirmedLsn = confirmedLsn;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<SourceSplitBase> change) {
        for (SourceSplitBase split : change.splits()) {
            if (split.isSnapshotSplit()) {
                snapshotSplits.add(split.asSnapshotSplit());
            } else {
                streamSplit = split.asStreamSplit();
            }
        }
    }

    @Override
    public ChangeEventRecords fetch() throws IOException {
        try {
            if (!findServerUp()) {
                return new ChangeEventRecords(null, null, Collections.emptySet());
            }
            if (currentSnapshot != null || !snapshotSplits.isEmpty()) {
                return fetchSnapshot();
            }
            return fetchLog(Objects.requireNonNull(streamSplit, "there is no split to read"));
        } catch (SQLException e) {
            if (ReadLimits.liesInData(e)) {
                throw ReadLimits.cannotBeSent(e);
            }
            if (log != null && ReadLimits.liesInPublication(e)) {
                throw ReadLimits.cannotBeRead(config.source().publicationName(), e);
            }
            throw new IOException("cannot read from " + config.capture() + ": " + e.getMessage(), e);
        } catch (OutOfMemoryError e) {
            throw ReadLimits.explain(e);
        }
    }

    /** Waits for a moment only at a time, because a task that ends meanwhile must find its reader at rest. */
    private boolean findServerUp() throws SQLException {
        if (!serverIsUp) {
            try {
                DatabaseSessions.open(config.capture(), "agentpulse change stream", SessionKind.SHORT)
                        .close();
                serverIsUp = true;
            } catch (SQLException e) {
                patience.pauseOrThrow(e);
            }
        }
        return serverIsUp;
    }

    private ChangeEventRecords fetchSnapshot() throws SQLException {
        if (currentSnapshot == null) {
            currentSnapshot = snapshotSplits.remove();
            if (slotStart == null) {
                long slotLsn = slot.confirmedLsn();
                slotStart = new SlotStart(slotLsn, EarlierStart.writtenLsn(config.writer(), slotLsn));
            }
            snapshot = new SnapshotReader(
                    config, SourceSplits.table(currentSnapshot), slotStart.lsn(), slotStart.eventsFromLsn());
        }
        String split = currentSnapshot.splitId();
        if (snapshot == null) {
            currentSnapshot = null;
            return ChangeEventRecords.forFinishedSplit(split);
        }
        LogBatch batch = snapshot.read();
        progress.report(snapshot.table(), snapshot.rowsRead(), batch.snapshotFinished());
        if (batch.snapshotFinished()) {
            snapshot.close();
            snapshot = null;
        }
        return records(split, batch);
    }

    private ChangeEventRecords fetchLog(StreamSplit split) throws SQLException {
        if (log == null) {
            progress.close();
            Prerequisites.require(config);
            long startLsn = LogPositions.lsn(split.getStartingOffset());
            slot.requireFrom(startLsn);
            log = new LogReader(config.capture(), config.source(), startLsn, confirmedLsn);
        }
        return records(split.splitId(), log.read());
    }

    private static ChangeEventRecords records(String split, LogBatch batch) {
        Iterator<SourceRecords> records = batch.records().isEmpty() && !batch.snapshotFinished()
                ? Collections.emptyIterator()
                : List.of(new SourceRecords(List.of(new SourceRecord(null, null, null, null, batch))))
                        .iterator();
        return ChangeEventRecords.forRecords(split, records);
    }

    /** Nothing here waits for long: the log's reader looks up from its socket by itself. */
    @Override
    public void wakeUp() {}

    @Override
    public void close() throws SQLException {
        progress.close();
        if (snapshot != null) {
            snapshot.close();
        }
        if (log != null) {
            log.close();
        }
    }
}
