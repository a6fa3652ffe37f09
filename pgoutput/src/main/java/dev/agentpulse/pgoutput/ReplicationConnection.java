package dev.agentpulse.pgoutput;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/** Opens a stream's two kinds of connection from one URL. */
final class ReplicationConnection {

    // By SET, not by the start-up options: those would displace, or be displaced by, options in the URL. What is set in
    // the
    // session has precedence over what the server, the database or the role has set.
    private static final List<String> TEXT_FORMATS = List.of(
            "SET datestyle = 'ISO'",
            "SET timezone = 'UTC'",
            "SET intervalstyle = 'postgres'",
            "SET bytea_output = 'hex'",
            "SET extra_float_digits = 1");

    private static final String CHECK_TIMEOUT_SECONDS = "4";

    private final String url;
    private final Properties properties;
    private final String applicationName;

    ReplicationConnection(String url, Properties properties, String applicationName) {
        this.url = url;
        this.properties = properties;
        this.applicationName = applicationName;
    }

    /** A connection and the socket it is on, which is null when URL or properties name another socket factory. */
    record Opened(Connection connection, @Nullable WaitableSocket socket) {}

    Opened openForReplication() throws SQLException {
        Properties replication = named();
        String ticket = WaitableSocketFactory.newTicket();
        if (PGProperty.SOCKET_FACTORY.getOrDefault(replication) == null) {
            PGProperty.SOCKET_FACTORY.set(replication, WaitableSocketFactory.class.getName());
            PGProperty.SOCKET_FACTORY_ARG.set(replication, ticket);
        }
        PGProperty.REPLICATION.set(replication, "database");
        PGProperty.PREFER_QUERY_MODE.set(replication, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(replication, "10");
        PGProperty.TCP_KEEP_ALIVE.set(replication, true);
        Connection connection;
        WaitableSocket socket;
        try {
            connection = DriverManager.getConnection(url, replication);
        } finally {
            socket = WaitableSocketFactory.take(ticket);
        }
        try (Statement statement = connection.createStatement()) {
            for (String format : TEXT_FORMATS) {
                statement.execute(format);
            }
            // With a socket timeout the driver would lose its place in a message that takes longer to arrive.
            connection.setNetworkTimeout(Runnable::run, 0);
            return new Opened(connection, socket);
        } catch (SQLException | RuntimeException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /** An ordinary connection on which nothing waits longer than some seconds. */
    Connection openForCheck() throws SQLException {
        Properties check = named();
        PGProperty.CONNECT_TIMEOUT.set(check, CHECK_TIMEOUT_SECONDS);
        PGProperty.SOCKET_TIMEOUT.set(check, CHECK_TIMEOUT_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(check, CHECK_TIMEOUT_SECONDS);
        return DriverManager.getConnection(url, check);
    }

    private Properties named() {
        Properties named = new Properties();
        // By name, because those of a Properties object with defaults are not copied otherwise.
        for (String name : properties.stringPropertyNames()) {
            named.setProperty(name, properties.getProperty(name));
        }
        PGProperty.APPLICATION_NAME.set(named, applicationName);
        return named;
    }
}
