package dev.agentpulse.bench.freshness;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads the one-minute rows of the marker agents, of results or of something that keeps the same columns, about every
 * millisecond, as an impatient dashboard would.
 */
public final class RowWatcher extends Watcher {

    /** Where the pipeline's results are. */
    public static final String RESULTS = "agentpulse.agent_performance";

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final PreparedStatement counts;
    private final Markers markers;

    /** @param relation a table or view with the columns of {@link #RESULTS} that tell what a window counts */
    public RowWatcher(Connection connection, String relation, MarkerAgents agents, Markers markers)
            throws SQLException {
        super("row-watcher", connection);
        this.counts = connection.prepareStatement(
                "SELECT agent, query_count FROM " + relation + " WHERE window_name = '1m' AND agent = ANY (?)");
        this.counts.setArray(1, connection.createArrayOf("text", agents.all().toArray()));
        this.markers = markers;
    }

    @Override
    Set<Sight> sees() {
        return Set.of(Sight.ROW);
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
