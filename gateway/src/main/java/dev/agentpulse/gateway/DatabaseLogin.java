package dev.agentpulse.gateway;

import io.vertx.pgclient.PgConnectOptions;
import org.jspecify.annotations.Nullable;

/**
 * Where the database is and how to log in.
 *
 * @param url {@code postgresql://host:port/database} or the same with {@code jdbc:} before it, without a password
 * @param password null where the server asks for none
 */
public record DatabaseLogin(
        String url, String username, @Nullable String password) {

    private static final int KEEP_STATEMENTS = 256;
    private static final int LONGEST_KEPT_STATEMENT = 16_384;

    public DatabaseLogin {
        String plain = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        if (!plain.startsWith("postgresql://") && !plain.startsWith("postgres://")) {
            throw new IllegalArgumentException(
                    "The database's URL is not readable: give it as" + " postgresql://host:port/database.");
        }
        if (plain.contains("password=") || plain.matches("[a-z]+://[^/@]*:[^/@]*@.*")) {
            throw new IllegalArgumentException("Leave the password out of the database's URL, where every process list"
                    + " shows it: put it into a file or into AGENTPULSE_GATEWAY_PASSWORD.");
        }
        url = plain;
    }

    PgConnectOptions options(String applicationName) {
        PgConnectOptions options = PgConnectOptions.fromUri(url).setUser(username);
        if (password != null) {
            options.setPassword(password);
        }
        options.addProperty("application_name", applicationName)
                .addProperty("TimeZone", "UTC")
                // Nobody's function is ever taken for a built-in one; all else is named with its schema.
                .addProperty("search_path", "pg_catalog");
        return options.setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(KEEP_STATEMENTS)
                .setPreparedStatementCacheSqlFilter(sql -> sql.length() <= LONGEST_KEPT_STATEMENT);
    }

    /** Never with the password. */
    @Override
    public String toString() {
        return url + " as " + username;
    }
}
