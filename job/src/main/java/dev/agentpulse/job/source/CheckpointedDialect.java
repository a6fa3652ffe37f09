package dev.agentpulse.job.source;

import org.apache.flink.cdc.connectors.base.source.meta.offset.Offset;
import org.apache.flink.cdc.connectors.postgres.source.PostgresDialect;
import org.apache.flink.cdc.connectors.postgres.source.config.PostgresSourceConfig;
import org.jspecify.annotations.Nullable;

/**
 * Confirms to the slot what a checkpoint holds, and nothing else. For a checkpoint that has no position in the stream yet,
 * one made during the snapshot, the connector would confirm whatever was last read, which may be in no checkpoint.
 */
final class CheckpointedDialect extends PostgresDialect {

    private static final long serialVersionUID = 1L;

    CheckpointedDialect(PostgresSourceConfig config) {
        super(config);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId, @Nullable Offset offset) throws Exception {
        if (offset != null) {
            super.notifyCheckpointComplete(checkpointId, offset);
        }
    }
}
