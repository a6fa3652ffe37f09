package dev.agentpulse.job.config;

import java.io.Serializable;
import java.net.URI;
import java.util.Properties;

/**
 * How to reach the database under one role. Never printed with its password.
 *
 * @param url JDBC URL without credentials
 * @param password empty where the server asks for none
 */
public record DatabaseConfig(String url, String username, String password) implements Serializable {

    private static final String PREFIX = "jdbc:postgresql://";
    private static final int DEFAULT_PORT = 5432;

    public DatabaseConfig {
        if (!url.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    JobOptions.DATABASE_URL.key() + " must look like " + PREFIX + "host:port/database, but is: " + url);
        }
        URI uri = uri(url);
        if (uri.getHost() == null || database(uri).isEmpty()) {
            throw new IllegalArgumentException(
                    JobOptions.DATABASE_URL.key() + " must name one host and a database, as in " + PREFIX
                            + "localhost:5432/agentpulse, but is: " + url);
        }
        String query = uri.getQuery();
        if (query != null && (query.contains("password=") || query.contains("user="))) {
            throw new IllegalArgumentException(JobOptions.DATABASE_URL.key()
                    + " must not carry user or password: URLs end up in logs and web pages. Use "
                    + JobOptions.CAPTURE_USERNAME.key() + " and the environment or a password file.");
        }
    }

    private static URI uri(String url) {
        return URI.create(url.substring("jdbc:".length()));
    }

    private static String database(URI uri) {
        String path = uri.getPath();
        return path == null || path.length() < 2 ? "" : path.substring(1);
    }

    public String host() {
        return uri(url).getHost();
    }

    public int port() {
        int port = uri(url).getPort();
        return port < 0 ? DEFAULT_PORT : port;
    }

    public String database() {
        return database(uri(url));
    }

    /** For {@code DriverManager}: credentials and a name by which the server shows the connection. */
    public Properties connectionProperties(String applicationName) {
        Properties properties = new Properties();
        properties.setProperty("user", username);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        return properties;
    }

    @Override
    public String toString() {
        return username + "@" + url;
    }
}
