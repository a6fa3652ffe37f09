package dev.agentpulse.job.sql;

import dev.agentpulse.proof.PostgresFolder;
import dev.agentpulse.proof.Sql;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Postgres with logical decoding for the length of a test class, which asks it for databases of its own. Starting and
 * migrating one takes seconds, so classes that leave nothing behind but databases share that of their process.
 */
public final class SqlServer implements BeforeAllCallback, AfterAllCallback {

    private static final Map<String, String> SETTINGS =
            Map.of("synchronous_commit", "on", "max_slot_wal_keep_size", "2GB");

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final PostgresFolder EMPTY = new PostgresFolder(server -> {});

    /** With the roles of our migrations, and the database that others are copies of. */
    private static final PostgresFolder MIGRATED = new PostgresFolder(SqlServer::migrateOne);

    private static final long POLL_NANOS = 20_000_000;
    private static final String MIGRATED_NAME = "test_migrated";

    /** Ends with the process. */
    private static @Nullable Running ofThisProcess;

    private final Map<String, String> settings = new HashMap<>(SETTINGS);
    private final boolean isShared;
    private final List<Database> own = new ArrayList<>();
    private @Nullable Running running;
    private boolean mayRun;

    /** A server of its own: for roles, and whatever else all its databases have in common. */
    public SqlServer() {
        this(Map.of());
    }

    /** A server of its own, with some settings of its own. */
    public SqlServer(Map<String, String> changedSettings) {
        this(changedSettings, false);
    }

    private SqlServer(Map<String, String> changedSettings, boolean isShared) {
        settings.putAll(changedSettings);
        this.isShared = isShared;
    }

    /** The server of this process. What a class made there is dropped behind it; its roles are not. */
    public static SqlServer shared() {
        return new SqlServer(Map.of(), true);
    }

    /** A server, its data, the number of its last database, and whether there is one that others are copies of. */
    private static final class Running {

        private final EmbeddedPostgres postgres;
        private final Path folder;
        private final AtomicInteger databases = new AtomicInteger();
        private boolean hasMigrated;

        private Running(EmbeddedPostgres postgres, Path folder, boolean hasMigrated) {
            this.postgres = postgres;
            this.folder = folder;
            this.hasMigrated = hasMigrated;
        }

        void close() {
            try {
                PostgresFolder.stop(postgres, folder);
                PostgresFolder.remove(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        mayRun = true;
    }

    /** The server, which starts when it is needed first: then it is known what it has to begin with. */
    private Running server(PostgresFolder beginning) throws SQLException {
        if (!mayRun) {
            throw new IllegalStateException("the server runs only while the tests of its class do");
        }
        if (running == null) {
            try {
                running = isShared ? ofThisProcess(beginning) : start(beginning);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return running;
    }

    private Running ofThisProcess(PostgresFolder beginning) throws IOException {
        if (ofThisProcess == null) {
            Running started = start(beginning);
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "the server of all tests"));
            ofThisProcess = started;
        }
        return ofThisProcess;
    }

    private Running start(PostgresFolder beginning) throws IOException {
        Path folder = beginning.copy();
        EmbeddedPostgres.Builder builder = PostgresFolder.serverOn(folder).setRegisterShutdownHook(false);
        settings.forEach(builder::setServerConfig);
        return new Running(builder.start(), folder, beginning == MIGRATED);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (running != null && isShared) {
            for (Database database : own) {
                drop(database);
            }
        } else if (running != null) {
            running.close();
        }
        mayRun = false;
        running = null;
    }

    /** Creates an empty database. Roles are the server's: they are there for every later database, too. */
    public Database newDatabase() throws SQLException {
        return newDatabase("TEMPLATE template1");
    }

    /** Creates an empty database as {@code CREATE DATABASE … WITH} says. */
    public Database newDatabase(String options) throws SQLException {
        Running server = server(EMPTY);
        Database database = new Database(server.postgres, "test_" + server.databases.incrementAndGet());
        maintain(server.postgres, "CREATE DATABASE " + database.name() + " WITH " + options);
        own.add(database);
        return database;
    }

    /** Creates a database that was migrated as the demo's is: a copy of one that is migrated once. */
    public Database newMigratedDatabase() throws SQLException {
        Running server = server(MIGRATED);
        if (!server.hasMigrated) {
            migrateOne(server.postgres);
            server.hasMigrated = true;
        }
        return newDatabase("TEMPLATE " + MIGRATED_NAME);
    }

    private static void migrateOne(EmbeddedPostgres postgres) throws SQLException {
        maintain(postgres, "CREATE DATABASE " + MIGRATED_NAME);
        new Database(postgres, MIGRATED_NAME).migrate();
    }

    /** A slot holds its database, and a backend that was just ended its slot. */
    private void drop(Database database) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String slots = " FROM pg_replication_slots WHERE database = '" + database.name() + "'";
        while (true) {
            try {
                maintain(
                        database.server(),
                        "SELECT pg_terminate_backend(active_pid)" + slots + " AND active_pid IS NOT NULL",
                        "SELECT pg_drop_replication_slot(slot_name)" + slots,
                        "DROP DATABASE IF EXISTS " + database.name() + " WITH (FORCE)");
                return;
            } catch (SQLException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private static void maintain(EmbeddedPostgres postgres, String... statements) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
            Sql.run(connection, statements);
        }
    }
}
