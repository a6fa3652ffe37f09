package dev.agentpulse.bench.scenario;

import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.ServerProcesses;
import dev.agentpulse.bench.peer.Subject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes a sample about every second of what subject and server have used, until closed. */
final class Samples implements AutoCloseable {

    private static final long PAUSE_MILLIS = 1_000;
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Subject subject;
    private final Optional<ServerProcesses> server;
    private final Connection connection;
    private final long startNanos = System.nanoTime();
    private final List<Sample> samples = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "samples");
    private volatile boolean stopped;
    private @Nullable SQLException failure;

    /**
     * One look.
     *
     * @param seconds since the start
     * @param subjectSeconds processor time, since whenever
     * @param serverSeconds the same of Postgres; 0 where the system does not tell
     * @param walBytes position of the log
     */
    record Sample(
            double seconds,
            double subjectSeconds,
            double serverSeconds,
            long subjectBytes,
            long serverBytes,
            long walBytes) {}

    private Samples(Subject subject, Optional<ServerProcesses> server, Connection connection) {
        this.subject = subject;
        this.server = server;
        this.connection = connection;
        thread.setDaemon(true);
    }

    static Samples start(Subject subject, Database database) throws SQLException {
        Samples samples = new Samples(subject, ServerProcesses.of(database), database.connect());
        samples.take();
        samples.thread.start();
        return samples;
    }

    /** Ends with one more; what was taken, in order. */
    List<Sample> stop() throws SQLException, InterruptedException {
        stopped = true;
        thread.interrupt();
        thread.join();
        if (failure != null) {
            throw failure;
        }
        take();
        return List.copyOf(samples);
    }

    @Override
    public void close() throws SQLException {
        stopped = true;
        thread.interrupt();
        connection.close();
    }

    private void run() {
        try {
            while (!stopped) {
                Thread.sleep(PAUSE_MILLIS);
                take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            failure = stopped ? null : e;
        }
    }

    private void take() throws SQLException {
        double subjectSeconds = subject.cpuSeconds();
        double serverSeconds = server.map(ServerProcesses::cpuSeconds).orElse(0.0);
        long serverBytes = server.map(ServerProcesses::memoryBytes).orElse(0L);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (pg_current_wal_lsn() - '0/0')::bigint")) {
            row.next();
            samples.add(new Sample(
                    (System.nanoTime() - startNanos) / NANOS_PER_SECOND,
                    subjectSeconds,
                    serverSeconds,
                    subject.memoryBytes(),
                    serverBytes,
                    row.getLong(1)));
        }
    }
}
