package dev.agentpulse.job.config;

import java.io.Serializable;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * How to reach the database under one role. {@link DatabaseSessions} opens connections.
 *
 * @param url JDBC URL without credentials, as the driver reads it: several hosts and IPv6 addresses too
 * @param password where it is
 */
public record DatabaseConfig(String url, String username, Password password) implements Serializable {

    private static final String PREFIX = "jdbc:postgresql://";

    public DatabaseConfig {
        if (holdsCredentials(url)) {
            throw new IllegalArgumentException(JobOptions.DATABASE_URL.key()
                    + " must not carry user or password: URLs end up in logs and web pages. Use "
                    + JobOptions.CAPTURE_USERNAME.key() + " and the environment or a password file.");
        }
        if (!url.startsWith(PREFIX)) {
            throw new IllegalArgumentException(JobOptions.DATABASE_URL.key() + " must look like " + PREFIX
                    + "host:port/database, but is: " + withoutParameters(url));
        }
        if (authority(url).isEmpty() || path(url).isEmpty() || Driver.parseURL(url, null) == null) {
            throw new IllegalArgumentException(
                    JobOptions.DATABASE_URL.key() + " must name a host and a database, as in " + PREFIX
                            + "localhost:5432/agentpulse, but is: " + withoutParameters(url));
        }
    }

    /** @param password as such, empty where the server asks for none; it does not leave this process */
    public DatabaseConfig(String url, String username, String password) {
        this(url, username, Password.of(password));
    }

    /**
     * Looked for before anything else reads the URL, because whoever cannot read it shows it. Rather one URL too many is
     * refused, such as one with an @ in the name of a certificate's file.
     */
    private static boolean holdsCredentials(String url) {
        String text = url.toLowerCase(Locale.ROOT);
        return text.contains("@")
                || text.contains("%40")
                || text.contains("password=")
                || text.contains("?user=")
                || text.contains("&user=");
    }

    private static String withoutParameters(String url) {
        int question = url.indexOf('?');
        return question < 0 ? url : url.substring(0, question);
    }

    private static String authority(String url) {
        String rest = withoutParameters(url).substring(PREFIX.length());
        int slash = rest.indexOf('/');
        return slash < 0 ? rest : rest.substring(0, slash);
    }

    private static String path(String url) {
        String rest = withoutParameters(url).substring(PREFIX.length());
        int slash = rest.indexOf('/');
        return slash < 0 ? "" : rest.substring(slash + 1);
    }

    /** The URL without its parameters: those are among the properties that {@link DatabaseSessions} gives. */
    public String jdbcUrl() {
        return withoutParameters(url);
    }

    /** The first host that the URL names. */
    public String host() {
        return first(property(PGProperty.PG_HOST));
    }

    /** The port at that host. */
    public int port() {
        return Integer.parseInt(first(property(PGProperty.PG_PORT)));
    }

    public String database() {
        return property(PGProperty.PG_DBNAME);
    }

    /** Whether the URL names several servers, of which one is the primary. */
    boolean hasSeveralHosts() {
        return property(PGProperty.PG_HOST).contains(",");
    }

    /** What the URL says, as the driver reads it. */
    Properties urlProperties() {
        Properties parsed = Driver.parseURL(url, null);
        if (parsed == null) {
            throw new IllegalStateException("a URL that was read before cannot be read any more: " + jdbcUrl());
        }
        return parsed;
    }

    private String property(PGProperty property) {
        @Nullable String value = property.getOrDefault(urlProperties());
        if (value == null) {
            throw new IllegalStateException("the URL has no " + property.getName() + ": " + jdbcUrl());
        }
        return value;
    }

    private static String first(String list) {
        int comma = list.indexOf(',');
        return comma < 0 ? list : list.substring(0, comma);
    }

    @Override
    public String toString() {
        return username + "@" + jdbcUrl();
    }
}
