package dev.agentpulse.local.stack.demo;

import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.SnapshotProgress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Knows when the job has written its first tick since a moment. Until then it is still reading what the tables hold, so
 * a running job is not yet a stack that is ready.
 */
final class FirstResults implements AutoCloseable {

    private final Connection connection;
    private final String since;

    private FirstResults(Connection connection, String since) {
        this.connection = connection;
        this.since = since;
    }

    /** Begins to look now, by the database's clock. */
    static FirstResults since(DatabaseAddress database) throws SQLException {
        Connection connection = database.connect("agentpulse-start");
        try (Statement statement = connection.createStatement();
                ResultSet now = statement.executeQuery("SELECT clock_timestamp()::text")) {
            now.next();
            return new FirstResults(connection, now.getString(1));
        }
    }

    boolean areThere() throws SQLException {
        // Before its first tick, a row of the status shows how far the reading is.
        String sql = "SELECT EXISTS (SELECT FROM agentpulse.pipeline_status WHERE NOT details ? 'snapshot'"
                + " AND written_at > '" + since + "'::timestamptz)";
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getBoolean(1);
        }
    }

    /** How far the reading is; an empty text when nothing is known. */
    String progress() throws SQLException {
        return SnapshotProgress.read(connection);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
