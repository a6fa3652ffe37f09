package dev.agentpulse.local.stack.database;

import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.ProjectFolder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Postgres server of our own on loopback, with logical decoding, for as long as the demo runs. */
public final class EmbeddedDatabase implements AutoCloseable {

    private static final String DATABASE = "agentpulse";
    private static final String SLOT_KEEP_SIZE = "4GB";
    private static final String OWNER_FILE = "owner.password";
    // Recovery after a hard stop of a server with much unflushed WAL takes longer than the library's ten seconds.
    private static final Duration STARTUP_LIMIT = Duration.ofMinutes(2);

    private static final String SUPERUSER = "postgres";
    private static final String OWNER = "agentpulse";
    private static final String ASK_EVERYBODY = "host all all 127.0.0.1/32 scram-sha-256\n";
    private static final String TRUST = "host all all 127.0.0.1/32 trust\n";

    private final EmbeddedPostgres server;
    private final PostmasterGuard guard;
    private final Path dataFolder;
    private final int port;
    private final @Nullable Path passwordFile;

    private EmbeddedDatabase(
            EmbeddedPostgres server, PostmasterGuard guard, Path dataFolder, int port, @Nullable Path passwordFile) {
        this.server = server;
        this.guard = guard;
        this.dataFolder = dataFolder;
        this.port = port;
        this.passwordFile = passwordFile;
    }

    /**
     * Starts a server for tests, which trusts every user of this machine, and makes sure of the database.
     *
     * @param dataFolder made when missing
     * @param durable whether the data must survive a crash of the machine
     */
    public static EmbeddedDatabase start(Path dataFolder, int port, boolean durable) {
        try {
            EmbeddedPostgres server =
                    builder(dataFolder, port, durable, SLOT_KEEP_SIZE).start();
            EmbeddedDatabase database =
                    new EmbeddedDatabase(server, PostmasterGuard.start(dataFolder), dataFolder, port, null);
            database.createDatabase();
            return database;
        } catch (IOException | IllegalStateException e) {
            throw new CliFailure("Postgres did not start in " + dataFolder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Starts a server that asks everybody for a password: that of the superuser lies in {@code superuser.password} beside
     * the data folder, that of a plain owner of the database in {@code owner.password}. Only who runs this can read them.
     */
    public static EmbeddedDatabase startGuarded(Path dataFolder, int port, boolean durable) {
        // A stopped job must not fill the disk through its slot.
        return startGuarded(dataFolder, port, durable, SLOT_KEEP_SIZE);
    }

    /**
     * The same with a limit of one's own on what a slot may hold back.
     *
     * @param slotKeepSize as Postgres reads {@code max_slot_wal_keep_size}
     */
    public static EmbeddedDatabase startGuarded(Path dataFolder, int port, boolean durable, String slotKeepSize) {
        try {
            Path passwordFile = dataFolder.resolveSibling("superuser.password");
            boolean isEarlier = Files.exists(dataFolder.resolve("PG_VERSION")) && !Files.exists(passwordFile);
            String password = SecretFile.readOrCreate(passwordFile);
            Path rules = dataFolder.resolveSibling("pg_hba.conf");
            // Data of an earlier version knows no password yet.
            SecretFile.write(rules, isEarlier ? TRUST : ASK_EVERYBODY);
            EmbeddedPostgres server = builder(dataFolder, port, durable, slotKeepSize)
                    .setLocaleConfig("pwfile", passwordFile.toString())
                    .setServerConfig("hba_file", rules.toString())
                    .setConnectConfig("password", password)
                    .start();
            EmbeddedDatabase database =
                    new EmbeddedDatabase(server, PostmasterGuard.start(dataFolder), dataFolder, port, passwordFile);
            if (isEarlier) {
                database.maintain("ALTER ROLE " + SUPERUSER + " PASSWORD '" + password + "'");
                SecretFile.write(rules, ASK_EVERYBODY);
                database.maintain("SELECT pg_reload_conf()");
            }
            database.createDatabase();
            database.createOwner();
            return database;
        } catch (IOException | IllegalStateException e) {
            throw new CliFailure("Postgres did not start in " + dataFolder + ": " + e.getMessage(), e);
        }
    }

    /** Unpacked where nobody else can plant a program. */
    private static Path binaries() throws IOException {
        Path folder = ProjectFolder.work().resolve("postgres-binaries");
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        // The library opens the folder that it is given to everybody.
        return folder.resolve("unpacked");
    }

    private static EmbeddedPostgres.Builder builder(Path dataFolder, int port, boolean durable, String slotKeepSize)
            throws IOException {
        return EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(binaries().toFile())
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
                .setServerConfig("fsync", durable ? "on" : "off");
    }

    /** Stops the server that a killed process left running in the folder, if any. */
    public static void stopLeftOver(Path dataFolder) {
        PostmasterProcess.stop(dataFolder);
    }

    public DatabaseAddress address() {
        return address(DATABASE);
    }

    /** Another database of the server. */
    public DatabaseAddress address(String database) {
        DatabaseAddress trusted = DatabaseAddress.loopback(port, database);
        try {
            return passwordFile == null
                    ? trusted
                    : new DatabaseAddress(trusted.jdbcUrl(), trusted.username(), SecretFile.readOrCreate(passwordFile));
        } catch (IOException e) {
            throw new CliFailure("The password of the database cannot be read: " + passwordFile, e);
        }
    }

    /** Where the superuser's password lies; null if the server asks for none. */
    public @Nullable Path passwordFile() {
        return passwordFile;
    }

    /** For the roles of a gateway; it lies beside the other passwords. */
    public String gatewayPassword() throws IOException {
        return SecretFile.readOrCreate(dataFolder.resolveSibling("gateway.password"));
    }

    /** Gives the source tables to the plain owner, who also reads the results. */
    public void handOver(SourceTables tables) throws SQLException {
        for (String table : List.of(tables.queries(), tables.approvals(), tables.feedback())) {
            maintain(DATABASE, "ALTER TABLE " + TableName.parse(table).quoted() + " OWNER TO " + OWNER);
        }
        maintain(DATABASE, "GRANT agentpulse_reader TO " + OWNER);
    }

    /** The plain owner, who may do what people do: write to the source tables. */
    public DatabaseAddress owner() throws IOException {
        return new DatabaseAddress(address().jdbcUrl(), OWNER, SecretFile.readOrCreate(ownerFile()));
    }

    private Path ownerFile() {
        return dataFolder.resolveSibling(OWNER_FILE);
    }

    /** For people to copy: the plain owner, and where the password is. */
    public String forPeople() {
        return new DatabaseAddress(address().jdbcUrl(), OWNER, null).forPeople() + ", password in " + ownerFile();
    }

    @Override
    public void close() throws IOException {
        // Also right when somebody restarted the server meanwhile: the library's stop goes by data folder.
        server.close();
        PostmasterProcess.stop(dataFolder);
        guard.close();
    }

    private void createDatabase() {
        try (Connection connection = address("postgres").connect("agentpulse-demo", SessionKind.MIGRATION);
                Statement statement = connection.createStatement()) {
            if (!exists(statement)) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        } catch (SQLException e) {
            closeAfter(e);
            throw new CliFailure("The database " + DATABASE + " could not be created: " + e.getMessage(), e);
        }
    }

    private void createOwner() throws IOException {
        String password = SecretFile.readOrCreate(ownerFile());
        maintain("DO $$ BEGIN IF to_regrole('" + OWNER + "') IS NULL THEN CREATE ROLE " + OWNER + "; END IF; END $$");
        maintain("ALTER ROLE " + OWNER + " LOGIN NOSUPERUSER PASSWORD '" + password + "'");
        maintain("ALTER DATABASE " + DATABASE + " OWNER TO " + OWNER);
    }

    private void maintain(String sql) {
        try {
            maintain("postgres", sql);
        } catch (SQLException e) {
            closeAfter(e);
            throw new CliFailure("The database could not be set up: " + e.getMessage(), e);
        }
    }

    private void maintain(String database, String sql) throws SQLException {
        try (Connection connection = address(database).connect("agentpulse-demo", SessionKind.MIGRATION);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
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
