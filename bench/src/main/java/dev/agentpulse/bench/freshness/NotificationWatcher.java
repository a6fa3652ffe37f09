package dev.agentpulse.bench.freshness;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Listens on the two channels that a query is announced on. */
final class NotificationWatcher extends Watcher {

    private static final String QUERIES = "agent_queries_stream";
    private static final String ALERTS = "performance_alert_stream";
    private static final int WAIT_MILLIS = 100;
    private static final Pattern CONVERSATION = Pattern.compile("\"conversation_id\"\\s*:\\s*\"([^\"]*)\"");

    private final PGConnection notifications;
    private final Markers markers;

    NotificationWatcher(Connection connection, Markers markers) throws SQLException {
        super("notification-watcher", connection);
        this.notifications = connection.unwrap(PGConnection.class);
        this.markers = markers;
        try (Statement listen = connection.createStatement()) {
            listen.execute("LISTEN " + QUERIES);
            listen.execute("LISTEN " + ALERTS);
        }
    }

    @Override
    void look() throws SQLException {
        PGNotification[] arrived = notifications.getNotifications(WAIT_MILLIS);
        long now = System.nanoTime();
        if (arrived == null) {
            return;
        }
        for (PGNotification notification : arrived) {
            Matcher conversation = CONVERSATION.matcher(notification.getParameter());
            if (conversation.find()) {
                Sight sight = notification.getName().equals(ALERTS) ? Sight.ALERT_NOTIFICATION : Sight.NOTIFICATION;
                markers.seen(conversation.group(1), sight, now);
            }
        }
    }
}
