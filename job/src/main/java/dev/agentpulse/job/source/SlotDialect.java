package dev.agentpulse.job.source;

import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.spi.SlotState;
import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges.TableChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.cdc.connectors.base.config.JdbcSourceConfig;
import org.apache.flink.cdc.connectors.base.source.assigner.splitter.ChunkSplitter;
import org.apache.flink.cdc.connectors.base.source.assigner.state.ChunkSplitterState;
import org.apache.flink.cdc.connectors.base.source.meta.offset.Offset;
import org.apache.flink.cdc.connectors.postgres.source.PostgresDialect;
import org.apache.flink.cdc.connectors.postgres.source.config.PostgresSourceConfig;
import org.jspecify.annotations.Nullable;

/**
 * What the connector asks about the database, answered without Debezium: the three tables by our names, whole, with no
 * schema to remember; and the position that a completed checkpoint lets go of, for {@link LogReader} to confirm.
 */
final class SlotDialect extends PostgresDialect {

    private static final long serialVersionUID = 1L;

    private final AtomicLong confirmedLsn = new AtomicLong();

    /** Not in a job graph: an assigner is made with a dialect of its own. */
    private final transient CountDownLatch assignerOpen = new CountDownLatch(1);

    SlotDialect(PostgresSourceConfig config) {
        super(config);
    }

    /** Up to where a checkpoint holds everything; 0 before the first. */
    AtomicLong confirmedLsn() {
        return confirmedLsn;
    }

    /** Without a position in the stream yet, in the snapshot, there is nothing to confirm. */
    @Override
    public void notifyCheckpointComplete(long checkpointId, @Nullable Offset offset) {
        if (offset != null) {
            confirmedLsn.set(LogPositions.lsn(offset));
        }
    }

    @Override
    public List<TableId> discoverDataCollections(JdbcSourceConfig config) {
        return new ArrayList<>(SourceSplits.tables());
    }

    @Override
    public Map<TableId, TableChange> discoverDataCollectionSchemas(JdbcSourceConfig config) {
        return new HashMap<>();
    }

    @Override
    public boolean isIncludeDataCollection(JdbcSourceConfig config, TableId table) {
        return SourceSplits.tables().contains(table);
    }

    @Override
    public ChunkSplitter createChunkSplitter(JdbcSourceConfig config) {
        return new SourceSplits(assignerOpen);
    }

    @Override
    public ChunkSplitter createChunkSplitter(JdbcSourceConfig config, ChunkSplitterState state) {
        return createChunkSplitter(config);
    }

    /** From now on {@link SourceSplits} may make splits. */
    void assignerIsOpen() {
        assignerOpen.countDown();
    }

    /** Asked for by the enumerator, to look for the slot; {@link ReplicationSlot} has made or found it already. */
    @Override
    public PostgresConnection openJdbcConnection(JdbcSourceConfig config) {
        return new PostgresConnection(config.getDbzConnectorConfig().getJdbcConfig(), "slot") {
            @Override
            public SlotState getReplicationSlotState(String slotName, String pluginName) {
                return new SlotState(Lsn.INVALID_LSN, Lsn.INVALID_LSN, null, false);
            }
        };
    }
}
