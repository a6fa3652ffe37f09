package dev.agentpulse.local.cluster.chaos;

import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.database.DatabaseAddress;
import dev.agentpulse.local.database.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;

/** An embedded Postgres that can be stopped in bad ways. */
final class ChaosDatabase implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SLOT = "agentpulse";

    private final Path dataFolder;
    private final int port;
    private EmbeddedDatabase server;

    ChaosDatabase(Path dataFolder, int port) {
        this.dataFolder = dataFolder;
        this.port = port;
        this.server = EmbeddedDatabase.start(dataFolder, port, false);
    }

    DatabaseAddress address() {
        return DatabaseAddress.loopback(port, "agentpulse");
    }

    Connection connect() throws SQLException {
        return address().connect("agentpulse-chaos");
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Stops the server with a signal to its postmaster (INT is {@code -m fast}, QUIT {@code -m immediate}). */
    void restart(String signal) throws IOException, InterruptedException {
        long postmaster;
        try (var lines = Files.lines(dataFolder.resolve("postmaster.pid"))) {
            postmaster = Long.parseLong(lines.findFirst().orElseThrow());
        }
        ProcessHandle process = ProcessHandle.of(postmaster).orElseThrow();
        Signals.send(signal, process);
        process.onExit().join();
        server = EmbeddedDatabase.start(dataFolder, port, false);
    }

    /** The job holds the slot, so its walsender goes first; it comes back, so this takes some attempts. */
    void dropSlot() throws SQLException, InterruptedException {
        attempt("the slot could not be dropped", () -> {
            execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid IS NOT NULL");
            execute("SELECT pg_drop_replication_slot('" + SLOT + "')");
            return true;
        });
    }

    /** Writes more WAL than the slot may hold back. */
    void invalidateSlot() throws SQLException, InterruptedException {
        execute("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
        execute("SELECT pg_reload_conf()");
        attempt("the slot could not be invalidated", () -> {
            execute("SELECT pg_logical_emit_message(false, 'chaos', repeat('x', 30000000))");
            execute("SELECT pg_switch_wal()");
            execute("CHECKPOINT");
            return isLost();
        });
        execute("ALTER SYSTEM RESET max_slot_wal_keep_size");
        execute("SELECT pg_reload_conf()");
    }

    private boolean isLost() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet slot = statement.executeQuery(
                        "SELECT wal_status = 'lost' FROM pg_replication_slots WHERE slot_name = '" + SLOT + "'")) {
            return slot.next() && slot.getBoolean(1);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private static void attempt(String failure, Attempt attempt) throws InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (true) {
            try {
                if (attempt.succeeds()) {
                    return;
                }
            } catch (SQLException e) {
                if (Instant.now().isAfter(deadline)) {
                    throw new CliFailure(failure + ": " + e.getMessage(), e);
                }
            }
            if (Instant.now().isAfter(deadline)) {
                throw new CliFailure(failure + " within " + PATIENCE.toSeconds() + " s");
            }
            Thread.sleep(20);
        }
    }

    private interface Attempt {
        boolean succeeds() throws SQLException;
    }
}
