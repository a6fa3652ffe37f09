package dev.agentpulse.bench.freshness;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Takes every trace of markers out of the source table, and of their agents out of the snapshots. */
final class Leftovers {

    private static final String ANY_MARKER = MarkerAgents.PREFIX + "%";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final Connection connection;
    private final String queriesTable;

    Leftovers(Connection connection, String queriesTable) {
        this.connection = connection;
        this.queriesTable = queriesTable;
    }

    /** Removes them; true when the pipeline took note of it in time. */
    boolean remove() throws SQLException {
        update("DELETE FROM " + queriesTable + " WHERE agent LIKE ?");
        long startNanos = System.nanoTime();
        while (rowsThatCountMarkers() > 0) {
            if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        forgetAgents();
        return true;
    }

    private long rowsThatCountMarkers() throws SQLException {
        String sql = "SELECT count(*) FROM agentpulse.agent_performance WHERE agent LIKE ? AND query_count > 0";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, ANY_MARKER);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Idle agents stay in the snapshots for good; nobody wants to see these. */
    private void forgetAgents() throws SQLException {
        try {
            update("DELETE FROM agentpulse.agent_performance WHERE agent LIKE ?");
            update("DELETE FROM agentpulse.agent_health WHERE agent LIKE ?");
        } catch (SQLException e) {
            // A reader may not; then they stay, idle.
            if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    private void update(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, ANY_MARKER);
            statement.executeUpdate();
        }
    }
}
