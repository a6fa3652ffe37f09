package dev.agentpulse.job.sink;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's queue of notifications, which a session that listens and sleeps in a transaction keeps from being emptied.
 * When it is full, a transaction that notifies fails when it commits.
 */
final class NotificationQueue {

    private static final Logger LOG = LoggerFactory.getLogger(NotificationQueue.class);

    /** program_limit_exceeded; at a commit, of all that a tick does, only the queue has such a limit. */
    private static final String NO_ROOM = "54000";

    /** The share from which on it is not worth a try. */
    private static final double FULL = 0.9;

    private final Connection connection;
    private boolean wasFull;

    NotificationQueue(Connection connection) {
        this.connection = connection;
    }

    /** Whether a commit failed because the queue is full. */
    static boolean hasNoRoom(SQLException atCommit) {
        return NO_ROOM.equals(atCommit.getSQLState());
    }

    void foundFull(SQLException atCommit) {
        LOG.warn(
                "messages are written and not notified until a session that listens ends its transaction (see"
                        + " pg_stat_activity): {}",
                atCommit.getMessage());
        wasFull = true;
    }

    /**
     * Whether the queue is still full after it was found so. To ask also lets the server give up what all sessions have
     * read, which otherwise only a transaction does that notifies, and none of those can commit.
     */
    boolean isFull() throws SQLException {
        if (!wasFull) {
            return false;
        }
        try (Statement statement = connection.createStatement();
                ResultSet usage = statement.executeQuery("SELECT pg_notification_queue_usage()")) {
            usage.next();
            wasFull = usage.getDouble(1) >= FULL;
        }
        if (!wasFull) {
            LOG.info("messages are notified again");
        }
        return wasFull;
    }
}
