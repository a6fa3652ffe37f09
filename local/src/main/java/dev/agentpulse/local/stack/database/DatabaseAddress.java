package dev.agentpulse.local.stack.database;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.local.CliFailure;
import java.net.URI;
import java.net.URISyntaxException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A database and how to log in.
 *
 * @param jdbcUrl {@code jdbc:postgresql://host:port/database}, possibly with driver parameters, never with a user or
 *     password
 * @param password null where the server asks for none
 */
public record DatabaseAddress(
        String jdbcUrl, String username, @Nullable String password) {

    private static final String JDBC_PREFIX = "jdbc:postgresql://";
    private static final String DEFAULT_USERNAME = "postgres";

    /** A database of an embedded server that trusts every user of this machine. */
    public static DatabaseAddress loopback(int port, String database) {
        return new DatabaseAddress(JDBC_PREFIX + "127.0.0.1:" + port + "/" + database, DEFAULT_USERNAME, null);
    }

    /**
     * Reads what people have at hand: a JDBC URL, or the {@code postgresql://} form that psql and hosted services show.
     *
     * @param username overrides the URL's; without both it is postgres
     */
    public static DatabaseAddress parse(String url, @Nullable String username, @Nullable String password) {
        String plain = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        URI uri = uri(plain);
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        String path = uri.getRawPath();
        boolean named = path != null && path.length() > 1 && uri.getHost() != null;
        if (!(scheme.equals("postgresql") || scheme.equals("postgres")) || !named) {
            throw unreadable();
        }
        String userInfo = uri.getUserInfo();
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
        if ((userInfo != null && userInfo.contains(":")) || parameter(query, "password") != null) {
            throw new CliFailure("Leave the password out of --database-url, where every process list shows it: put it"
                    + " in the environment variable AGENTPULSE_DATABASE_PASSWORD or name a file with"
                    + " --password-file.");
        }
        int port = uri.getPort() == -1 ? 5432 : uri.getPort();
        String urlUser = userInfo != null ? userInfo : parameter(query, "user");
        String user = username != null ? username : urlUser;
        return new DatabaseAddress(
                JDBC_PREFIX + uri.getHost() + ":" + port + path + withoutUser(query),
                user == null ? DEFAULT_USERNAME : user,
                password);
    }

    /** The URL as psql and most tools take it, for people to copy. */
    public String forPeople() {
        return jdbcUrl + (jdbcUrl.contains("?") ? "&" : "?") + "user=" + username;
    }

    /** A session that nothing set on the role, the database or in the URL disturbs: SQL names everything with its schema. */
    public Connection connect(String applicationName) throws SQLException {
        return connect(applicationName, SessionKind.SHORT);
    }

    public Connection connect(String applicationName, SessionKind kind) throws SQLException {
        return DatabaseSessions.open(config(), applicationName, kind);
    }

    /** For a database of our own, and SQL that may take its time and names the source tables without their schema. */
    public Connection connectToPublic(String applicationName) throws SQLException {
        Connection connection = connect(applicationName, SessionKind.MIGRATION);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = public");
            return connection;
        } catch (SQLException e) {
            try (connection) {
                throw e;
            }
        }
    }

    DatabaseConfig config() {
        return new DatabaseConfig(jdbcUrl, username, password == null ? "" : password);
    }

    /** Never with the password: records are printed. */
    @Override
    public String toString() {
        return forPeople();
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            // Not as the cause: its message repeats the input, which may hold a password.
            throw unreadable();
        }
    }

    private static CliFailure unreadable() {
        return new CliFailure("--database-url is not readable: give it as jdbc:postgresql://host:port/database or"
                + " postgresql://user@host:port/database.");
    }

    private static @Nullable String parameter(String query, String name) {
        return Arrays.stream(query.split("&", -1))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> pair.substring(name.length() + 1))
                .findFirst()
                .orElse(null);
    }

    private static String withoutUser(String query) {
        String rest = Arrays.stream(query.split("&", -1))
                .filter(pair -> !pair.isEmpty() && !pair.startsWith("user="))
                .collect(Collectors.joining("&"));
        return rest.isEmpty() ? "" : "?" + rest;
    }
}
