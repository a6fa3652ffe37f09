package dev.agentpulse.job.source;

import dev.agentpulse.job.model.SourceTable;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.debezium.relational.history.TableChanges;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.flink.cdc.connectors.base.source.assigner.splitter.ChunkSplitter;
import org.apache.flink.cdc.connectors.base.source.assigner.state.ChunkSplitterState;
import org.apache.flink.cdc.connectors.base.source.meta.split.SnapshotSplit;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot split a table. The connector knows the tables by our names for them, so that neither a table's real name
 * nor its columns get into a checkpoint.
 *
 * <p>The connector asks for splits in a thread that it starts in the middle of opening its assigner, and that thread
 * uses what is set after its start: when it was faster, the job failed. So it waits here until all is open.
 */
final class SourceSplits implements ChunkSplitter {

    private static final String SCHEMA = "source";
    private static final int ONLY_CHUNK = 0;

    /** The connector wants to know the type of the key by which it would cut chunks. */
    private static final RowType NO_KEY = RowType.of(new BigIntType());

    private final CountDownLatch assignerOpen;

    SourceSplits(CountDownLatch assignerOpen) {
        this.assignerOpen = assignerOpen;
    }

    static List<TableId> tables() {
        return Stream.of(SourceTable.values()).map(SourceSplits::id).toList();
    }

    private static TableId id(SourceTable table) {
        return new TableId(null, SCHEMA, table.label());
    }

    /** The table that a split stands for. */
    static SourceTable table(SnapshotSplit split) {
        String name = split.getTableId().table();
        return Stream.of(SourceTable.values())
                .filter(table -> table.label().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("the checkpoint holds a split of the unknown table " + name));
    }

    @Override
    public Collection<SnapshotSplit> generateSplits(TableId table) throws InterruptedException {
        assignerOpen.await();
        TableChanges.TableChange noColumns = new TableChanges.TableChange(
                TableChanges.TableChangeType.CREATE,
                Table.editor().tableId(table).create());
        return List.of(new SnapshotSplit(table, ONLY_CHUNK, NO_KEY, null, null, null, Map.of(table, noColumns)));
    }

    @Override
    public boolean hasNextChunk() {
        return false;
    }

    @Override
    public ChunkSplitterState snapshotState(long checkpointId) {
        return ChunkSplitterState.NO_SPLITTING_TABLE_STATE;
    }

    @Override
    public @Nullable TableId getCurrentSplittingTableId() {
        return null;
    }

    @Override
    public void open() {}

    @Override
    public void close() {}
}
