package dev.agentpulse.local.stack.database;

import dev.agentpulse.local.CliFailure;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** A Postgres server of our own on loopback, with logical decoding, for as long as the demo runs. */
public final class EmbeddedDatabase implements AutoCloseable {

    private static final String DATABASE = "agentpulse";
    // Recovery after a hard stop of a server with much unflushed WAL takes longer than the library's ten seconds.
    private static final Duration STARTUP_LIMIT = Duration.ofMinutes(2);

    private final EmbeddedPostgres server;
    private final PostmasterGuard guard;
    private final Path dataFolder;
    private final int port;

    private EmbeddedDatabase(EmbeddedPostgres server, PostmasterGuard guard, Path dataFolder, int port) {
        this.server = server;
        this.guard = guard;
        this.dataFolder = dataFolder;
        this.port = port;
    }

    /**
     * Starts the server and makes sure of the database.
     *
     * @param dataFolder made when missing
     * @param durable whether the data must survive a crash of the machine
     */
    public static EmbeddedDatabase start(Path dataFolder, int port, boolean durable) {
        // A stopped job must not fill the disk through its slot.
        return start(dataFolder, port, durable, "4GB");
    }

    /**
     * The same with a limit of one's own on what a slot may hold back.
     *
     * @param slotKeepSize as Postgres reads {@code max_slot_wal_keep_size}
     */
    public static EmbeddedDatabase start(Path dataFolder, int port, boolean durable, String slotKeepSize) {
        try {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setDataDirectory(dataFolder)
                    .setCleanDataDirectory(false)
                    // The demo stops its parts in order; a hook of the library's would stop the server first.
                    .setRegisterShutdownHook(false)
                    .setPort(port)
                    .setPGStartupWait(STARTUP_LIMIT)
                    // A machine without the locale that its environment names fails in initdb otherwise.
                    .setLocaleConfig("locale", "C")
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    // No socket file: nothing to collide with, nothing left behind.
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("wal_level", "logical")
                    .setServerConfig("max_replication_slots", "10")
                    .setServerConfig("max_wal_senders", "10")
                    .setServerConfig("max_slot_wal_keep_size", slotKeepSize)
                    // The library's "off" delays what a logical slot sends by some hundred milliseconds.
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("fsync", durable ? "on" : "off")
                    .start();
            EmbeddedDatabase database =
                    new EmbeddedDatabase(server, PostmasterGuard.start(dataFolder), dataFolder, port);
            database.createDatabase();
            return database;
        } catch (IOException | IllegalStateException e) {
            throw new CliFailure("Postgres did not start in " + dataFolder + ": " + e.getMessage(), e);
        }
    }

    /** Stops the server that a killed process left running in the folder, if any. */
    public static void stopLeftOver(Path dataFolder) {
        PostmasterProcess.stop(dataFolder);
    }

    public DatabaseAddress address() {
        return DatabaseAddress.loopback(port, DATABASE);
    }

    @Override
    public void close() throws IOException {
        // Also right when somebody restarted the server meanwhile: the library's stop goes by data folder.
        server.close();
        PostmasterProcess.stop(dataFolder);
        guard.close();
    }

    private void createDatabase() {
        DatabaseAddress maintenance = DatabaseAddress.loopback(port, "postgres");
        try (Connection connection = maintenance.connect("agentpulse-demo");
                Statement statement = connection.createStatement()) {
            if (!exists(statement)) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        } catch (SQLException e) {
            closeAfter(e);
            throw new CliFailure("The database " + DATABASE + " could not be created: " + e.getMessage(), e);
        }
    }

    private static boolean exists(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
            return row.next();
        }
    }

    private void closeAfter(SQLException failure) {
        try {
            close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
