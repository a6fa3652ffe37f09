package dev.agentpulse.job.source;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.apache.flink.cdc.connectors.base.source.meta.offset.Offset;
import org.apache.flink.cdc.connectors.postgres.source.offset.PostgresOffset;
import org.postgresql.replication.LogSequenceNumber;

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

    /** Behind all that is committed now. */
    static long endOfLog(Connection connection) throws SQLException {
        try (Statement query = connection.createStatement();
                ResultSet end = query.executeQuery("SELECT pg_current_wal_insert_lsn()::text")) {
            end.next();
            return LogSequenceNumber.valueOf(end.getString(1)).asLong();
        }
    }
}
