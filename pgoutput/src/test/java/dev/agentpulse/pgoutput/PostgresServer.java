package dev.agentpulse.pgoutput;

import dev.agentpulse.proof.PostgresFolder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A Postgres server with logical decoding for the length of a test. */
final class PostgresServer implements AutoCloseable {

    /** The major whose binaries are on the class path. */
    static final int USUAL_MAJOR = 17;

    private static final Map<String, String> SETTINGS = Map.of(
            "listen_addresses", "127.0.0.1",
            "unix_socket_directories", "",
            "max_prepared_transactions", "10",
            "synchronous_commit", "on");

    private final EmbeddedPostgres server;
    private final Path folder;

    private PostgresServer(EmbeddedPostgres server, Path folder) {
        this.server = server;
        this.folder = folder;
    }

    static PostgresServer start() throws IOException {
        return start(USUAL_MAJOR);
    }

    static PostgresServer start(int major) throws IOException {
        Path folder = PostgresFolder.newFolder();
        EmbeddedPostgres.Builder builder = PostgresFolder.serverOn(folder).setLocaleConfig("locale", "C");
        SETTINGS.forEach(builder::setServerConfig);
        if (major != USUAL_MAJOR) {
            builder.setPgBinaryResolver((system, hardware) -> binaries(major, system, hardware));
        }
        return new PostgresServer(builder.start(), folder);
    }

    /** Whether this major can be started here: the other ones are fetched for the most common platform only. */
    static boolean isAvailable(int major) {
        return major == USUAL_MAJOR
                || (Files.exists(archive(major))
                        && System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"));
    }

    String url() {
        return url(server.getPort());
    }

    static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    int port() {
        return server.getPort();
    }

    Connection connect() throws SQLException {
        return connect("postgres");
    }

    Connection connect(String user) throws SQLException {
        Properties properties = login(user);
        // So that values come as the server prints them.
        properties.setProperty("preferQueryMode", "simple");
        Connection connection = DriverManager.getConnection(url(), properties);
        Sql.run(connection, "SET timezone = 'UTC'");
        return connection;
    }

    static Properties login(String user) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        return properties;
    }

    ReplicationStreamBuilder stream(String slot) {
        return ReplicationStream.builder(url(), login("postgres")).slot(slot);
    }

    @Override
    public void close() throws IOException {
        PostgresFolder.stop(server, folder);
        PostgresFolder.remove(folder);
    }

    private static Path archive(int major) {
        return Path.of("target", "postgres", "postgres-" + major + ".jar");
    }

    private static InputStream binaries(int major, String system, String hardware) throws IOException {
        String name = "postgres-" + system.toLowerCase(java.util.Locale.ROOT) + "-" + hardware + ".txz";
        try (ZipFile archive = new ZipFile(archive(major).toFile())) {
            ZipEntry entry = archive.getEntry(name);
            if (entry == null) {
                throw new FileNotFoundException(name + " in " + archive.getName());
            }
            return new ByteArrayInputStream(archive.getInputStream(entry).readAllBytes());
        }
    }
}
