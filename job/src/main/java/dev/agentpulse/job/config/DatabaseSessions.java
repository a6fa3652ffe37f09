package dev.agentpulse.job.config;

import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Opens every connection of the job, so that nothing that is set on a role, a database or a server, and no parameter of
 * the URL, changes how its SQL is read, answered or cut short. Everything our SQL names outside {@code pg_catalog} it
 * names with its schema: the search path holds nothing else, so that a function that somebody made elsewhere is never
 * taken for a built-in one.
 *
 * <p>{@code synchronous_commit} is left to the server: how safe a commit is, is its owner's choice.
 */
public final class DatabaseSessions {

    private static final String CONNECT_SECONDS = "10";
    private static final int TRANSACTION_TIMEOUT_SINCE = 17;

    /** A process that freezes inside a transaction lets its successor through after this time. */
    private static final int IDLE_IN_TRANSACTION_SECONDS = 5;

    /** Parameters of a URL that would undo what is set here. */
    private static final Set<String> DROPPED = Set.of(
            PGProperty.CURRENT_SCHEMA.getName(),
            PGProperty.PG_HOST.getName(),
            PGProperty.PG_PORT.getName(),
            PGProperty.PG_DBNAME.getName(),
            "socketFactoryArg",
            PGProperty.READ_ONLY.getName());

    private static final List<String> FIXED = List.of(
            "datestyle=ISO",
            "intervalstyle=postgres",
            "bytea_output=hex",
            "array_nulls=on",
            "transform_null_equals=off",
            "standard_conforming_strings=on",
            "quote_all_identifiers=off",
            "default_transaction_isolation=read\\ committed",
            "default_transaction_read_only=off",
            "default_transaction_deferrable=off",
            "idle_session_timeout=0",
            "client_min_messages=notice");

    private static final List<String> FIXED_BY_KEY = List.of(
            "enable_seqscan=off",
            "enable_hashjoin=off",
            "enable_mergejoin=off",
            // A table without an index, of a row or two, is read all the same; what that is reckoned to cost would be
            // compiled for.
            "jit=off");

    private static final List<String> FIXED_FOR_MIGRATION = List.of(
            // Flyway puts its schema in front of what it finds, and nothing may come before pg_catalog.
            "search_path=",
            "check_function_bodies=on",
            "default_tablespace=",
            "default_table_access_method=heap",
            "plpgsql.extra_errors=none",
            "plpgsql.extra_warnings=none");

    private DatabaseSessions() {}

    /**
     * Opens a connection.
     *
     * @param applicationName by which the server shows the connection
     */
    public static Connection open(DatabaseConfig database, String applicationName, SessionKind kind)
            throws SQLException {
        Connection connection =
                new Driver().connect(database.jdbcUrl(), readableProperties(database, applicationName, kind));
        if (connection == null) {
            throw new SQLException("the driver does not know " + database.jdbcUrl());
        }
        if (kind != SessionKind.REPLICATION) {
            try {
                setWhatTheStartCannot(connection);
            } catch (SQLException e) {
                try (connection) {
                    throw e;
                }
            }
        }
        return connection;
    }

    /**
     * Opens a connection once the server takes some: one that is being restarted is waited for, so that a job is back as
     * soon as its database is, and not when the pause after its last failure is over.
     *
     * @throws SQLException when it has taken none for {@link ServerPatience#LONGEST}, or as {@link #open}; also when the
     *     thread is interrupted
     */
    public static Connection openOnceUp(DatabaseConfig database, String applicationName, SessionKind kind)
            throws SQLException {
        ServerPatience patience = new ServerPatience();
        while (true) {
            try {
                return open(database, applicationName, kind);
            } catch (SQLException e) {
                patience.pauseOrThrow(e);
            }
        }
    }

    private static Properties readableProperties(DatabaseConfig database, String applicationName, SessionKind kind)
            throws SQLException {
        try {
            return properties(database, applicationName, kind);
        } catch (UncheckedIOException e) {
            throw new SQLException(e.getMessage(), e);
        }
    }

    /** The driver starts each session in the zone of this machine, and the last limit is unknown before Postgres 17. */
    private static void setWhatTheStartCannot(Connection connection) throws SQLException {
        String limit = connection.getMetaData().getDatabaseMajorVersion() >= TRANSACTION_TIMEOUT_SINCE
                ? "SET transaction_timeout = 0; "
                : "";
        try (Statement statement = connection.createStatement()) {
            statement.execute(limit + "SET TimeZone = 'UTC'");
        }
    }

    /**
     * What {@link #open} gives to the driver, for those who open connections themselves: with {@link
     * DatabaseConfig#jdbcUrl()}. The password is among them.
     *
     * @throws UncheckedIOException if the password's file cannot be read
     */
    public static Properties properties(DatabaseConfig database, String applicationName, SessionKind kind) {
        Properties properties = new Properties();
        Properties given = database.urlProperties();
        for (String name : given.stringPropertyNames()) {
            if (!DROPPED.contains(name)) {
                properties.setProperty(name, given.getProperty(name));
            }
        }
        if (database.hasSeveralHosts() && PGProperty.TARGET_SERVER_TYPE.getOrNull(given) == null) {
            PGProperty.TARGET_SERVER_TYPE.set(properties, "primary");
        }
        PGProperty.USER.set(properties, database.username());
        PGProperty.PASSWORD.set(properties, database.password().read());
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        if (kind != SessionKind.REPLICATION) {
            // The stream has sockets of its own, on which it waits, and watches over its server itself.
            PGProperty.SOCKET_FACTORY.set(properties, KeepAliveSocketFactory.class.getName());
        }
        PGProperty.SOCKET_TIMEOUT.set(properties, kind.socketTimeoutSeconds());
        PGProperty.OPTIONS.set(properties, options(given, kind));
        if (kind == SessionKind.REPLICATION) {
            PGProperty.REPLICATION.set(properties, "database");
            PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
            PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        }
        return properties;
    }

    /** The same session for the sinks of flink-connector-jdbc, which open and mend connections by themselves. */
    public static JdbcConnectionProvider provider(DatabaseConfig database, String applicationName) {
        return new SessionProvider(database, applicationName);
    }

    /** Of two values for one setting the later one holds, so ours come last. */
    private static String options(Properties given, SessionKind kind) {
        StringBuilder options = new StringBuilder();
        String theirs = PGProperty.OPTIONS.getOrNull(given);
        if (theirs != null) {
            options.append(theirs);
        }
        append(options, "search_path=pg_catalog");
        FIXED.forEach(setting -> append(options, setting));
        append(options, "row_security=" + kind.rowSecurity());
        append(options, "statement_timeout=" + kind.statementTimeoutSeconds() + "s");
        append(options, "lock_timeout=" + kind.lockTimeoutSeconds() + "s");
        append(
                options,
                "idle_in_transaction_session_timeout=" + (kind.isShort() ? IDLE_IN_TRANSACTION_SECONDS + "s" : "0"));
        if (kind == SessionKind.BY_KEY) {
            FIXED_BY_KEY.forEach(setting -> append(options, setting));
        }
        if (kind == SessionKind.MIGRATION) {
            FIXED_FOR_MIGRATION.forEach(setting -> append(options, setting));
        }
        if (kind == SessionKind.REPLICATION) {
            append(options, "wal_sender_timeout=60s");
        }
        return options.toString().strip();
    }

    private static void append(StringBuilder options, String setting) {
        options.append(" -c ").append(setting);
    }
}
