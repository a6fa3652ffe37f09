package dev.agentpulse.job.source;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.SourceTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows how far the reading of the tables is, in the log and in {@code pipeline_status.details}, once a second and
 * whenever a table is done. The first tick replaces it. It is a courtesy: if it cannot be shown, reading goes on.
 */
final class SnapshotProgress implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotProgress.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long INTERVAL_NANOS = 1_000_000_000L;

    /** A row that is there keeps its time; one that is not says that nothing is complete yet. */
    private static final String SHOW = """
            INSERT INTO agentpulse.pipeline_status AS t (component, as_of, tick, details)
            VALUES ('tick-writer', to_timestamp(0), 0, ?::jsonb)
            ON CONFLICT (component) DO UPDATE SET details = t.details || EXCLUDED.details, written_at = now()
            """;

    private final DatabaseConfig database;
    private final ObjectNode shown = JSON.createObjectNode();
    private @Nullable Connection connection;
    private long lastNanos = System.nanoTime() - INTERVAL_NANOS;

    SnapshotProgress(DatabaseConfig database) {
        this.database = database;
    }

    void report(SourceTable table, long rows, boolean done) {
        long now = System.nanoTime();
        if (!done && now - lastNanos < INTERVAL_NANOS) {
            return;
        }
        lastNanos = now;
        LOG.info("read {} rows of {}{}", rows, table.label(), done ? ", all that can matter" : "");
        shown.withObject("/snapshot/tables/" + table.label()).put("rows", rows).put("done", done);
        try {
            if (connection == null) {
                connection = DatabaseSessions.open(database, "agentpulse start", SessionKind.SHORT);
            }
            try (PreparedStatement statement = connection.prepareStatement(SHOW)) {
                statement.setString(1, shown.toString());
                statement.execute();
            }
        } catch (SQLException e) {
            LOG.warn("cannot show the progress of the start in pipeline_status: {}", e.getMessage());
        }
    }

    /** To be called when all tables are read: the connection is not needed any more. */
    @Override
    public void close() throws SQLException {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
