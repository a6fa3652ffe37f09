package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.SnapshotStart;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.postgresql.replication.LogSequenceNumber;

/**
 * What an earlier start on the same slot has left. A job that fails before its first checkpoint begins anew; what was
 * committed since its last tick is then in the new snapshots, and its messages and point alerts have yet to be raised.
 */
final class EarlierStart {

    private static final String WRITTEN = "SELECT commit_lsn FROM agentpulse.pipeline_status"
            + " WHERE component = 'tick-writer' AND details ->> 'lineage' = ? AND commit_lsn IS NOT NULL";

    private EarlierStart() {}

    /**
     * Up to where its results are written; {@link SnapshotStart#NO_EVENTS} if there was none.
     *
     * @param slotLsn where the slot begins
     */
    static long writtenLsn(DatabaseConfig writer, long slotLsn) throws SQLException {
        try (Connection connection = DatabaseSessions.open(writer, "agentpulse start", SessionKind.SHORT);
                PreparedStatement query = connection.prepareStatement(WRITTEN)) {
            query.setString(1, Long.toString(slotLsn));
            try (ResultSet written = query.executeQuery()) {
                return written.next()
                        ? LogSequenceNumber.valueOf(written.getString(1)).asLong()
                        : SnapshotStart.NO_EVENTS;
            }
        }
    }
}
