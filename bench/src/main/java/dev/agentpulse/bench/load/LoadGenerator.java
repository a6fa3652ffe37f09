package dev.agentpulse.bench.load;

import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.Percentiles;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Writes a load: writers take the next transaction of one schedule, each on a connection of its own. */
public final class LoadGenerator {

    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long SEED = 11;

    private final Database database;
    private final SourceTables tables;
    private final Load load;
    private final double warmUpSeconds;
    private final double seconds;
    private final AtomicLong number = new AtomicLong();

    public LoadGenerator(Database database, SourceTables tables, Load load, double warmUpSeconds, double seconds) {
        this.database = database;
        this.tables = tables;
        this.load = load;
        this.warmUpSeconds = warmUpSeconds;
        this.seconds = seconds;
    }

    /** Returns when the last transaction is committed, or one has failed. */
    public LoadResult run() throws SQLException, InterruptedException {
        Schedule schedule = Schedule.of(load, warmUpSeconds + seconds);
        List<LoadWriter> writers = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(load.writers());
        try {
            for (int writer = 0; writer < load.writers(); writer++) {
                writers.add(new LoadWriter(load, database.connect(), tables, SEED + writer));
            }
            long startNanos = System.nanoTime();
            List<Callable<Written>> tasks = new ArrayList<>();
            for (LoadWriter writer : writers) {
                tasks.add(() -> write(writer, schedule, startNanos));
            }
            List<Written> parts = new ArrayList<>();
            for (Future<Written> part : threads.invokeAll(tasks)) {
                parts.add(part.get());
            }
            return result(parts);
        } catch (ExecutionException e) {
            throw new SQLException("The load ended early: " + e.getMessage(), e);
        } finally {
            threads.shutdownNow();
            for (LoadWriter writer : writers) {
                writer.close();
            }
        }
    }

    /** Takes the rows of all loads out of the tables again. */
    public static void remove(Connection connection, SourceTables tables) throws SQLException {
        for (String table : List.of(tables.queries(), tables.approvals(), tables.feedback())) {
            String sql = "DELETE FROM " + table + " WHERE conversation_id LIKE ?";
            try (PreparedStatement delete = connection.prepareStatement(sql)) {
                delete.setString(1, LoadWriter.CONVERSATION_PREFIX + "%");
                delete.executeUpdate();
            }
        }
    }

    private Written write(LoadWriter writer, Schedule schedule, long startNanos) throws SQLException {
        Written written = new Written();
        long warm = Math.round(warmUpSeconds * NANOS_PER_SECOND);
        while (true) {
            long mine = number.getAndIncrement();
            if (!schedule.includes(mine, System.nanoTime() - startNanos)) {
                return written;
            }
            Schedule.sleepUntil(startNanos + schedule.dueNanos(mine));
            long planned = schedule.isPlanned() ? schedule.dueNanos(mine) : System.nanoTime() - startNanos;
            int rows = writer.commit();
            long committed = System.nanoTime() - startNanos;
            written.all += rows;
            if (planned >= warm) {
                written.counted += rows;
                written.delays.add(committed - planned);
                written.lastNanos = committed - warm;
            }
        }
    }

    private static LoadResult result(List<Written> parts) {
        long[] delays = parts.stream()
                .flatMap(part -> part.delays.stream())
                .mapToLong(Long::longValue)
                .toArray();
        long all = parts.stream().mapToLong(part -> part.all).sum();
        double cpu = ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(used -> used.toNanos() / NANOS_PER_SECOND)
                .orElse(0.0);
        if (delays.length == 0) {
            return new LoadResult(all, 0, 0, 0, 0, 0, cpu);
        }
        Percentiles percentiles = new Percentiles(delays);
        return new LoadResult(
                all,
                parts.stream().mapToLong(part -> part.counted).sum(),
                parts.stream().mapToLong(part -> part.lastNanos).max().orElse(0) / NANOS_PER_SECOND,
                percentiles.at(50) / NANOS_PER_MILLI,
                percentiles.at(99) / NANOS_PER_MILLI,
                percentiles.max() / NANOS_PER_MILLI,
                cpu);
    }

    /** What one writer has committed. */
    private static final class Written {
        private final List<Long> delays = new ArrayList<>();
        private long all;
        private long counted;
        private long lastNanos;
    }
}
