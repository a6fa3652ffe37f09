package dev.agentpulse.job.config;

import java.sql.Connection;
import java.sql.SQLException;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections of ours for the sinks of flink-connector-jdbc, which ask for a new one when the old one broke. */
final class SessionProvider implements JdbcConnectionProvider {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(SessionProvider.class);
    private static final int VALID_SECONDS = 10;

    private final DatabaseConfig database;
    private final String applicationName;
    private transient @Nullable Connection connection;

    SessionProvider(DatabaseConfig database, String applicationName) {
        this.database = database;
        this.applicationName = applicationName;
    }

    @Override
    public @Nullable Connection getConnection() {
        return connection;
    }

    @Override
    public boolean isConnectionValid() throws SQLException {
        return connection != null && connection.isValid(VALID_SECONDS);
    }

    @Override
    public Connection getOrEstablishConnection() throws SQLException {
        Connection open = connection;
        return open == null ? keep(DatabaseSessions.openOnceUp(database, applicationName, SessionKind.SHORT)) : open;
    }

    private Connection keep(Connection session) {
        Connection guarded = GuardedSession.of(session, applicationName);
        connection = guarded;
        return guarded;
    }

    @Override
    public void closeConnection() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.warn("closing a connection of {} failed", applicationName, e);
            }
        }
    }

    /**
     * Does not wait for the server: the sink calls it with its lock, for which the end of its task would wait, and with it
     * the end of the change stream, for which a server that shuts down waits.
     */
    @Override
    public Connection reestablishConnection() throws SQLException {
        closeConnection();
        return keep(DatabaseSessions.open(database, applicationName, SessionKind.SHORT));
    }
}
