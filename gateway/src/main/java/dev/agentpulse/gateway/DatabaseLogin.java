package dev.agentpulse.gateway;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the database is and how to log in.
 *
 * @param url {@code postgresql://host:port/database} or the same with {@code jdbc:} before it, without a password; with {@code
 *     sslmode} and {@code sslrootcert}, if TLS is to be used
 * @param password null where the server asks for none
 */
public record DatabaseLogin(
        String url, String username, @Nullable String password) {

    /** A password that nobody encoded may hold a slash or a question mark, so any colon before an at sign counts. */
    private static final Pattern PASSWORD = Pattern.compile("(?is)://.*:.*@|password=");

    private static final Pattern ROOT_CERTIFICATE = Pattern.compile("([?&])sslrootcert=([^&]*)&?");
    private static final int KEEP_STATEMENTS = 256;
    private static final int LONGEST_KEPT_STATEMENT = 16_384;

    public DatabaseLogin {
        String plain = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        if (!plain.startsWith("postgresql://") && !plain.startsWith("postgres://")) {
            throw unreadable();
        }
        if (PASSWORD.matcher(plain).find()) {
            throw new IllegalArgumentException("Leave the password out of the database's URL, where every process list"
                    + " shows it: put it into a file or into AGENTPULSE_GATEWAY_PASSWORD. An @ that belongs to no"
                    + " password is written %40.");
        }
        url = plain;
    }

    PgConnectOptions options(String applicationName) {
        return options(applicationName, Map.of());
    }

    /** @param session settings of the server for it */
    PgConnectOptions options(String applicationName, Map<String, String> session) {
        // Vert.x takes parameters that it does not know for the server's.
        String known = ROOT_CERTIFICATE.matcher(url).replaceAll("$1").replaceFirst("[?&]+$", "");
        PgConnectOptions options = read(known).setUser(username);
        if (password != null) {
            options.setPassword(password);
        }
        if (options.getSslMode() != SslMode.DISABLE) {
            options.setSslOptions(tls(options.getSslMode()));
        }
        options.addProperty("application_name", applicationName)
                .addProperty("TimeZone", "UTC")
                // Nobody's function is ever taken for a built-in one; all else is named with its schema.
                .addProperty("search_path", "pg_catalog");
        session.forEach(options::addProperty);
        return options.setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(KEEP_STATEMENTS)
                .setPreparedStatementCacheSqlFilter(sql -> sql.length() <= LONGEST_KEPT_STATEMENT);
    }

    private static PgConnectOptions read(String url) {
        try {
            return PgConnectOptions.fromUri(url);
        } catch (IllegalArgumentException e) {
            // Not as the cause: its message repeats the URL.
            throw unreadable();
        }
    }

    private static IllegalArgumentException unreadable() {
        return new IllegalArgumentException(
                "The database's URL is not readable: give it as postgresql://host:port/database, where TLS is used with"
                        + " a sslmode that Postgres' own clients know.");
    }

    /** As the driver of the job reads {@code sslmode} and {@code sslrootcert}. */
    private ClientSSLOptions tls(SslMode mode) {
        ClientSSLOptions tls = new ClientSSLOptions();
        if (mode != SslMode.VERIFY_CA && mode != SslMode.VERIFY_FULL) {
            return tls.setTrustAll(true).setHostnameVerificationAlgorithm("");
        }
        Matcher given = ROOT_CERTIFICATE.matcher(url);
        Path certificate = given.find()
                ? Path.of(URLDecoder.decode(given.group(2), StandardCharsets.UTF_8))
                : Path.of(System.getProperty("user.home"), ".postgresql", "root.crt");
        if (!Files.isReadable(certificate)) {
            throw new IllegalArgumentException("There is no " + certificate
                    + " to read: name the certificate of who signed the database's with"
                    + " sslrootcert=/path/ca.pem in its URL.");
        }
        return tls.setTrustOptions(new PemTrustOptions().addCertPath(certificate.toString()))
                .setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
    }

    /** Never with the password. */
    @Override
    public String toString() {
        return url + " as " + username;
    }
}
