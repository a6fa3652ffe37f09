package dev.agentpulse.job.sql;

import dev.agentpulse.proof.Sql;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Postgres with logical decoding for the length of a test class; every test asks it for a database of its own. */
public final class SqlServer implements BeforeAllCallback, AfterAllCallback {

    private static final Map<String, String> SETTINGS =
            Map.of("wal_level", "logical", "synchronous_commit", "on", "max_slot_wal_keep_size", "2GB");

    private final Map<String, String> settings = new HashMap<>(SETTINGS);
    private final AtomicInteger databases = new AtomicInteger();
    private @Nullable EmbeddedPostgres postgres;
    private @Nullable Database migrated;

    public SqlServer() {
        this(Map.of());
    }

    /** A server with some settings of its own. */
    public SqlServer(Map<String, String> changedSettings) {
        settings.putAll(changedSettings);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
        settings.forEach(builder::setServerConfig);
        postgres = builder.start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        server().close();
    }

    /** Creates an empty database. Roles are the server's: they are there for every later database, too. */
    public Database newDatabase() throws SQLException {
        return newDatabase("TEMPLATE template1");
    }

    /** Creates an empty database as {@code CREATE DATABASE … WITH} says. */
    public Database newDatabase(String options) throws SQLException {
        String name = "test_" + databases.incrementAndGet();
        try (Connection connection = server().getPostgresDatabase().getConnection()) {
            Sql.run(connection, "CREATE DATABASE " + name + " WITH " + options);
        }
        return new Database(server(), name);
    }

    /** Creates a database that was migrated as the demo's is: a copy of one that is migrated once. */
    public Database newMigratedDatabase() throws SQLException {
        if (migrated == null) {
            migrated = newDatabase();
            migrated.migrate();
        }
        return newDatabase("TEMPLATE " + migrated.name());
    }

    private EmbeddedPostgres server() {
        if (postgres == null) {
            throw new IllegalStateException("the server runs only while the tests of its class do");
        }
        return postgres;
    }
}
