package dev.agentpulse.bench.peer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/**
 * A query a second, so that watermarks, which only rows move, pass the end of the last windows also when the load is over.
 * Whoever watches a quiet table with Flink writes such rows.
 */
final class HeartbeatRows implements AutoCloseable {

    private static final long PAUSE_MILLIS = 1_000;

    private final Connection connection;
    private final Thread thread = new Thread(this::run, "heartbeat-rows");
    private volatile boolean stopped;

    private HeartbeatRows(Connection connection) {
        this.connection = connection;
        thread.setDaemon(true);
    }

    static HeartbeatRows start(PeerSchema schema) throws SQLException {
        HeartbeatRows rows = new HeartbeatRows(schema.database().connect());
        rows.thread.start();
        return rows;
    }

    @Override
    public void close() throws SQLException {
        stopped = true;
        thread.interrupt();
        connection.close();
    }

    private void run() {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + PeerSchema.TABLES.queries()
                + " (conversation_id, agent, query, latency_ms) VALUES ('heartbeat', 'heartbeat', '', 20)")) {
            while (!stopped) {
                insert.executeUpdate();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (SQLException e) {
            if (!stopped) {
                System.err.println("The heartbeat has ended: " + e.getMessage());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
