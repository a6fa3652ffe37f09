package dev.agentpulse.bench.freshness;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks about every millisecond for the alerts of those slow markers that have none yet. */
public final class AlertWatcher extends Watcher {

    private static final String ALERTS = """
            SELECT conversation_id
              FROM agentpulse.alert
             WHERE rule = 'slow_query' AND opened_at > now() - interval '15 seconds' AND conversation_id = ANY (?)
            """;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Connection connection;
    private final PreparedStatement alerts;
    private final Markers markers;

    public AlertWatcher(Connection connection, Markers markers) throws SQLException {
        super("alert-watcher", connection);
        this.connection = connection;
        this.alerts = connection.prepareStatement(ALERTS);
        this.markers = markers;
    }

    @Override
    Set<Sight> sees() {
        return Set.of(Sight.ALERT_ROW);
    }

    @Override
    void look() throws SQLException {
        List<String> awaited = markers.awaitingAlerts();
        if (!awaited.isEmpty()) {
            alerts.setArray(1, connection.createArrayOf("text", awaited.toArray()));
            try (ResultSet row = alerts.executeQuery()) {
                long now = System.nanoTime();
                while (row.next()) {
                    markers.seen(row.getString(1), Sight.ALERT_ROW, now);
                }
            }
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }
}
