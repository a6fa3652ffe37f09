package dev.agentpulse.job.sql;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Postgres with logical decoding for the length of a test class; every test asks it for a database of its own. */
public final class SqlServer implements BeforeAllCallback, AfterAllCallback {

    private final AtomicInteger databases = new AtomicInteger();
    private @Nullable EmbeddedPostgres postgres;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("wal_level", "logical")
                .setServerConfig("synchronous_commit", "on")
                .start();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        server().close();
    }

    /** Creates an empty database. Roles are the server's: they are there for every later database, too. */
    public Database newDatabase() throws SQLException {
        String name = "test_" + databases.incrementAndGet();
        try (Connection connection = server().getPostgresDatabase().getConnection()) {
            Sql.run(connection, "CREATE DATABASE " + name);
        }
        return new Database(server(), name);
    }

    private EmbeddedPostgres server() {
        if (postgres == null) {
            throw new IllegalStateException("the server runs only while the tests of its class do");
        }
        return postgres;
    }
}
