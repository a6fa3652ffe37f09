package dev.agentpulse.bench;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Where to connect.
 *
 * @param password null where the server asks for none
 */
public record Database(
        String jdbcUrl, String username, @Nullable String password) {

    /**
     * Looks at the URL.
     *
     * @throws IllegalArgumentException if it is not one of Postgres, or holds a password
     */
    public Database {
        if (PGProperty.PASSWORD.getOrNull(parsed(jdbcUrl)) != null) {
            // It would stand in the list of processes.
            throw new IllegalArgumentException("--database-url must hold no password: give it by --password-file.");
        }
    }

    public Connection connect() throws SQLException {
        return connect(new Properties());
    }

    /** A connection that can read a slot. */
    public Connection connectForReplication() throws SQLException {
        Properties replication = new Properties();
        PGProperty.REPLICATION.set(replication, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(replication, "10");
        PGProperty.PREFER_QUERY_MODE.set(replication, "simple");
        return connect(replication);
    }

    private Connection connect(Properties login) throws SQLException {
        PGProperty.USER.set(login, username);
        if (password != null) {
            PGProperty.PASSWORD.set(login, password);
        }
        PGProperty.APPLICATION_NAME.set(login, "agentpulse-bench");
        return DriverManager.getConnection(jdbcUrl, login);
    }

    public String host() {
        return part(PGProperty.PG_HOST);
    }

    public int port() {
        return Integer.parseInt(part(PGProperty.PG_PORT));
    }

    /** Of the database itself. */
    public String name() {
        return part(PGProperty.PG_DBNAME);
    }

    private String part(PGProperty property) {
        return requireNonNull(property.getOrDefault(parsed(jdbcUrl)));
    }

    /** The options by which a client of Postgres finds the same database. */
    public List<String> clientOptions() {
        return List.of("--host=" + host(), "--port=" + port(), "--dbname=" + name(), "--username=" + username);
    }

    /** The password goes by the environment, which other users cannot read; so does what the URL says of TLS. */
    public Map<String, String> clientEnvironment() {
        Map<String, String> environment = new HashMap<>();
        if (password != null) {
            environment.put("PGPASSWORD", password);
        }
        String tls = PGProperty.SSL_MODE.getOrNull(parsed(jdbcUrl));
        if (tls != null) {
            environment.put("PGSSLMODE", tls);
        }
        return environment;
    }

    static Properties parsed(String jdbcUrl) {
        Properties parsed = Driver.parseURL(jdbcUrl, new Properties());
        if (parsed == null) {
            throw new IllegalArgumentException("--database-url must be a JDBC URL of Postgres: jdbc:postgresql://…");
        }
        return parsed;
    }

    /** Never with the password: records are printed. */
    @Override
    public String toString() {
        return jdbcUrl;
    }
}
