package dev.agentpulse.bench.freshness;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Listens on the channels that a query is announced on. */
public final class NotificationWatcher extends Watcher {

    private static final String QUERIES = "agent_queries_stream";
    private static final String ALERTS = "performance_alert_stream";
    private static final int WAIT_MILLIS = 100;
    private static final Pattern CONVERSATION = Pattern.compile("\"conversation_id\"\\s*:\\s*\"([^\"]*)\"");

    private final PGConnection notifications;
    private final Markers markers;

    private final Set<Sight> sees;

    private NotificationWatcher(Connection connection, Set<String> channels, Markers markers) throws SQLException {
        super("notification-watcher", connection);
        this.sees = channels.contains(ALERTS)
                ? Set.of(Sight.NOTIFICATION, Sight.ALERT_NOTIFICATION)
                : Set.of(Sight.NOTIFICATION);
        this.notifications = connection.unwrap(PGConnection.class);
        this.markers = markers;
        try (Statement listen = connection.createStatement()) {
            for (String channel : channels) {
                listen.execute("LISTEN " + channel);
            }
        }
    }

    /** On the pipeline's channels of queries and of alerts. */
    public static NotificationWatcher ofPipeline(Connection connection, Markers markers) throws SQLException {
        return new NotificationWatcher(connection, Set.of(QUERIES, ALERTS), markers);
    }

    /** On a channel whose payload has a {@code conversation_id}, as the pipeline's have. */
    public static NotificationWatcher on(String channel, Connection connection, Markers markers) throws SQLException {
        return new NotificationWatcher(connection, Set.of(channel), markers);
    }

    @Override
    Set<Sight> sees() {
        return sees;
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
