package dev.agentpulse.local.chaos;

import static java.util.Objects.requireNonNull;

import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.EmbeddedDatabase;
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
    /** More than {@link Stage#LITTLE_KEPT}. */
    private static final int BEYOND_KEEP_SIZE_BYTES = 150_000_000;

    private final Path dataFolder;
    private final String slotKeepSize;
    private final int port;
    private final DatabaseAddress address;
    private EmbeddedDatabase server;
    private boolean closed;

    /** @param slotKeepSize as Postgres reads {@code max_slot_wal_keep_size} */
    ChaosDatabase(Path dataFolder, String slotKeepSize) throws SQLException {
        this.dataFolder = dataFolder;
        this.slotKeepSize = slotKeepSize;
        this.port = LoopbackPorts.anyFree();
        this.server = EmbeddedDatabase.startGuarded(dataFolder, port, false, slotKeepSize);
        this.address = server.address();
        requireOwnServer();
    }

    /** Faults must not strike a stranger: a server that took the port in between answers just as well. */
    private void requireOwnServer() throws SQLException {
        String answering = text("SHOW data_directory");
        if (!Path.of(answering).equals(dataFolder.toAbsolutePath().normalize())) {
            throw new CliFailure("Port " + port + " is answered by the Postgres of " + answering
                    + ", which is not the one that was started: run the command again.");
        }
    }

    DatabaseAddress address() {
        return address;
    }

    /** Where the password of {@link #address} lies. */
    Path passwordFile() {
        return requireNonNull(server.passwordFile());
    }

    Connection connect() throws SQLException {
        return address.connectToPublic("agentpulse-chaos");
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Stops the server with a signal to its postmaster (INT is {@code -m fast}, QUIT {@code -m immediate}). */
    synchronized void restart(String signal) throws IOException, SQLException, InterruptedException {
        if (closed) {
            throw new IllegalStateException("the server of " + dataFolder + " is closed");
        }
        long postmaster;
        try (var lines = Files.lines(dataFolder.resolve("postmaster.pid"))) {
            postmaster = Long.parseLong(lines.findFirst().orElseThrow());
        }
        ProcessHandle process = ProcessHandle.of(postmaster).orElseThrow();
        Signals.send(signal, process);
        process.onExit().join();
        // There is nothing left to stop, but the folder is locked until then.
        server.close();
        server = EmbeddedDatabase.startGuarded(dataFolder, port, false, slotKeepSize);
        requireOwnServer();
    }

    /** The job holds the slot, so its walsender goes first; it comes back, so this takes some attempts. */
    void dropSlot() throws SQLException, InterruptedException {
        attempt("the slot could not be dropped", () -> {
            execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid IS NOT NULL");
            execute("SELECT pg_drop_replication_slot('" + SLOT + "')");
            return true;
        });
    }

    /** Writes more WAL than the slot may hold back before the job's next checkpoints let it go on. */
    void invalidateSlot() throws SQLException, InterruptedException {
        attempt("the slot could not be invalidated", () -> {
            execute("SELECT pg_logical_emit_message(false, 'chaos', repeat('x', " + BEYOND_KEEP_SIZE_BYTES + "))");
            execute("CHECKPOINT");
            return isLost();
        });
    }

    private boolean isLost() throws SQLException {
        return text("SELECT coalesce(max(wal_status), '') FROM pg_replication_slots WHERE slot_name = '" + SLOT + "'")
                .equals("lost");
    }

    private String text(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** May come from another thread, when somebody stops the command in the middle of a restart. */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            server.close();
        }
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
