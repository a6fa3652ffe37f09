package dev.agentpulse.local.chaos.starts;

import static java.util.Objects.requireNonNull;

import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.EmbeddedDatabase;
import dev.agentpulse.local.stack.database.Migrations;
import dev.agentpulse.local.stack.database.SourceTables;
import dev.agentpulse.proof.Sql;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.configuration.Configuration;

/** A Postgres that hands out databases, each a copy of one that was migrated once. */
final class TrialDatabase implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TEMPLATE = "migrated";

    private final EmbeddedDatabase server;
    private final int port;

    private TrialDatabase(EmbeddedDatabase server, int port) {
        this.server = server;
        this.port = port;
    }

    static TrialDatabase start(Path folder) throws SQLException {
        int port = LoopbackPorts.anyFree();
        TrialDatabase database = new TrialDatabase(EmbeddedDatabase.startGuarded(folder, port, false), port);
        database.maintain("CREATE DATABASE " + TEMPLATE);
        Migrations.apply(database.server.address(TEMPLATE), SourceTables.of(new Configuration()), true);
        return database;
    }

    int port() {
        return port;
    }

    /** Where the password of all its addresses lies. */
    Path passwordFile() {
        return requireNonNull(server.passwordFile());
    }

    /** Copies of one template exclude each other. */
    synchronized DatabaseAddress create(String name) throws SQLException {
        maintain("CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
        return server.address(name);
    }

    /** Drops the slot of the same name, too. */
    void drop(String name) throws SQLException, InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (true) {
            try {
                maintain("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = '" + name
                        + "' AND active_pid IS NOT NULL");
                maintain("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '"
                        + name + "'");
                maintain("DROP DATABASE " + name + " WITH (FORCE)");
                return;
            } catch (SQLException e) {
                // A backend that was just ended still holds the slot.
                if (Instant.now().isAfter(deadline)) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }

    private void maintain(String sql) throws SQLException {
        try (Connection connection = server.address("postgres").connectToPublic(StartTrial.APPLICATION_NAME)) {
            Sql.run(connection, sql);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
