package dev.agentpulse.bench.backlog;

import dev.agentpulse.bench.Database;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * {@code pg_recvlogical} with a slot of its own on the same publication, which throws away what it reads: what the server
 * can send at most.
 */
public final class PeerReader {

    private static final String CLIENT = "pg_recvlogical";
    private static final String SLOT = "agentpulse_bench_peer";
    private static final long LONGEST_MINUTES = 30;

    private final Database database;
    private final String publication;

    private PeerReader(Database database, String publication) {
        this.database = database;
        this.publication = publication;
    }

    /** Makes its slot; nothing where the client is not installed. */
    public static Optional<PeerReader> create(Database database, String publication)
            throws SQLException, IOException, InterruptedException {
        if (!isInstalled()) {
            System.out.println("There is no " + CLIENT + " on the path, so there is nothing to compare with: on Debian,"
                    + " apt install postgresql-client");
            return Optional.empty();
        }
        PeerReader reader = new PeerReader(database, publication);
        reader.dropSlot();
        reader.run("SELECT pg_create_logical_replication_slot('" + SLOT + "', 'pgoutput')");
        return Optional.of(reader);
    }

    /**
     * Reads up to a position of the log and drops the slot.
     *
     * @return seconds, from the start of the process to its end
     */
    public double read(String endLsn) throws IOException, InterruptedException, SQLException {
        List<String> command = new ArrayList<>(List.of(CLIENT));
        command.addAll(database.clientOptions());
        command.addAll(List.of(
                "--slot=" + SLOT,
                "--start",
                "--option=proto_version=1",
                "--option=publication_names=" + publication,
                "--endpos=" + endLsn,
                "--no-loop",
                "--file=/dev/null"));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().putAll(database.clientEnvironment());
        long startNanos = System.nanoTime();
        Process process = builder.start();
        try {
            if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalArgumentException(CLIENT + " did not reach the end of the backlog: see above");
            }
            return (System.nanoTime() - startNanos) / (double) TimeUnit.SECONDS.toNanos(1);
        } finally {
            process.destroy();
            process.waitFor();
            dropSlot();
        }
    }

    /** For who does not read. */
    public void dropSlot() throws SQLException {
        run("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '" + SLOT + "'");
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder(CLIENT, "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
