package dev.agentpulse.local.stack.database;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.local.CliFailure;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final int DEFAULT_PORT = 5432;

    /** A host may have an underscore, as services of compose files do, which no class of the JDK for URLs takes. */
    private static final String HOST = "(?:[^\\s:/?@,\\[\\]]+|\\[[0-9a-fA-F:.]+])(?::\\d{1,5})?";

    private static final Pattern URL = Pattern.compile("(?i)(?:jdbc:)?postgres(?:ql)?://(?:(?<user>[^@/?]*)@)?(?<hosts>"
            + HOST + "(?:," + HOST + ")*)/(?<database>[^?@/\\s]+)(?:\\?(?<query>.*))?");

    /** A database of an embedded server, without a password. */
    public static DatabaseAddress loopback(int port, String database) {
        return new DatabaseAddress(JDBC_PREFIX + "127.0.0.1:" + port + "/" + database, DEFAULT_USERNAME, null);
    }

    /**
     * Reads what people have at hand: a JDBC URL, or the {@code postgresql://} form that psql and hosted services show.
     *
     * @param username overrides the URL's; without both it is postgres
     */
    public static DatabaseAddress parse(String url, @Nullable String username, @Nullable String password) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw unreadable();
        }
        String userInfo = decoded(parts.group("user"));
        String query = Objects.requireNonNullElse(parts.group("query"), "");
        if ((userInfo != null && userInfo.contains(":")) || parameter(query, "password") != null) {
            throw new CliFailure("Leave the password out of --database-url, where every process list shows it: put it"
                    + " in the environment variable AGENTPULSE_DATABASE_PASSWORD or name a file with"
                    + " --password-file.");
        }
        String urlUser = userInfo != null ? userInfo : parameter(query, "user");
        String user = username != null ? username : urlUser;
        return new DatabaseAddress(
                JDBC_PREFIX + withPorts(parts.group("hosts")) + "/" + parts.group("database") + withoutUser(query),
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

    private static String withPorts(String hosts) {
        return Arrays.stream(hosts.split(",", -1))
                .map(host -> host.matches(".*:\\d+") && !host.endsWith("]") ? host : host + ":" + DEFAULT_PORT)
                .collect(Collectors.joining(","));
    }

    private static @Nullable String decoded(@Nullable String text) {
        try {
            return text == null ? null : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // Not as the cause: its message may repeat a password.
            throw unreadable();
        }
    }

    private static CliFailure unreadable() {
        return new CliFailure("--database-url is not readable: give it as jdbc:postgresql://host:port/database or"
                + " postgresql://user@host:port/database.");
    }

    private static @Nullable String parameter(String query, String name) {
        return Arrays.stream(query.split("&", -1))
                .filter(pair -> isNamed(pair, name))
                .map(pair -> pair.substring(name.length() + 1))
                .findFirst()
                .orElse(null);
    }

    /** The driver knows names as they are written only; a password in another case is one all the same. */
    private static boolean isNamed(String pair, String name) {
        return pair.regionMatches(true, 0, name + "=", 0, name.length() + 1);
    }

    private static String withoutUser(String query) {
        String rest = Arrays.stream(query.split("&", -1))
                .filter(pair -> !pair.isEmpty() && !isNamed(pair, "user"))
                .collect(Collectors.joining("&"));
        return rest.isEmpty() ? "" : "?" + rest;
    }
}
