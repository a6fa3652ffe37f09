package dev.agentpulse.job.sql;

import dev.agentpulse.proof.Sql;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
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
            Map.of("wal_level", "logical", "synchronous_commit", "on", "max_slot_wal_keep_size", "2GB");

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long POLL_NANOS = 20_000_000;

    /** Ends with the process. */
    private static @Nullable Running ofThisProcess;

    private final Map<String, String> settings = new HashMap<>(SETTINGS);
    private final boolean isShared;
    private final List<Database> own = new ArrayList<>();
    private @Nullable Running running;

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

    /** A server, the number of its last database, and the database that others are copies of. */
    private static final class Running {

        private final EmbeddedPostgres postgres;
        private final AtomicInteger databases = new AtomicInteger();
        private @Nullable Database migrated;

        private Running(EmbeddedPostgres postgres) {
            this.postgres = postgres;
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        running = isShared ? ofThisProcess() : start();
    }

    private Running ofThisProcess() throws IOException {
        if (ofThisProcess == null) {
            ofThisProcess = start();
        }
        return ofThisProcess;
    }

    private Running start() throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().setPGStartupWait(PATIENCE);
        settings.forEach(builder::setServerConfig);
        return new Running(builder.start());
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (isShared) {
            for (Database database : own) {
                drop(database);
            }
        } else {
            server().postgres.close();
        }
    }

    /** Creates an empty database. Roles are the server's: they are there for every later database, too. */
    public Database newDatabase() throws SQLException {
        return newDatabase("TEMPLATE template1");
    }

    /** Creates an empty database as {@code CREATE DATABASE … WITH} says. */
    public Database newDatabase(String options) throws SQLException {
        Database database = create(options);
        own.add(database);
        return database;
    }

    /** Creates a database that was migrated as the demo's is: a copy of one that is migrated once. */
    public Database newMigratedDatabase() throws SQLException {
        Running server = server();
        if (server.migrated == null) {
            Database template = create("TEMPLATE template1");
            template.migrate();
            server.migrated = template;
        }
        return newDatabase("TEMPLATE " + server.migrated.name());
    }

    private Database create(String options) throws SQLException {
        String name = "test_" + server().databases.incrementAndGet();
        maintain("CREATE DATABASE " + name + " WITH " + options);
        return new Database(server().postgres, name);
    }

    /** A slot holds its database, and a backend that was just ended its slot. */
    private void drop(Database database) throws SQLException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String slots = " FROM pg_replication_slots WHERE database = '" + database.name() + "'";
        while (true) {
            try {
                maintain(
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

    private void maintain(String... statements) throws SQLException {
        try (Connection connection = server().postgres.getPostgresDatabase().getConnection()) {
            Sql.run(connection, statements);
        }
    }

    private Running server() {
        if (running == null) {
            throw new IllegalStateException("the server runs only while the tests of its class do");
        }
        return running;
    }
}
