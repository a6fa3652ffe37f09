package dev.agentpulse.bench.freshness;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Reads the one-minute rows of the marker agents about every millisecond, as an impatient dashboard would. */
final class RowWatcher extends Watcher {

    private static final String COUNTS = """
            SELECT agent, query_count
              FROM agentpulse.agent_performance
             WHERE window_name = '1m' AND agent = ANY (?)
            """;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final PreparedStatement counts;
    private final Markers markers;

    RowWatcher(Connection connection, List<String> agents, Markers markers) throws SQLException {
        super("row-watcher", connection);
        this.counts = connection.prepareStatement(COUNTS);
        this.counts.setArray(1, connection.createArrayOf("text", agents.toArray()));
        this.markers = markers;
    }

    @Override
    void look() throws SQLException {
        try (ResultSet row = counts.executeQuery()) {
            long now = System.nanoTime();
            while (row.next()) {
                markers.rowCounts(row.getString(1), row.getLong(2), now);
            }
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }
}
