package dev.agentpulse.job.source;

import java.util.Map;
import org.apache.flink.cdc.connectors.base.source.meta.offset.Offset;
import org.apache.flink.cdc.connectors.postgres.source.offset.PostgresOffset;

/** Log positions as the connector keeps them. */
final class LogPositions {

    private static final String LSN = "lsn";

    private LogPositions() {}

    static PostgresOffset offset(long lsn) {
        return PostgresOffset.of(Map.of(LSN, lsn));
    }

    static long lsn(Offset offset) {
        return Long.parseLong(offset.getOffset().get(LSN));
    }
}
