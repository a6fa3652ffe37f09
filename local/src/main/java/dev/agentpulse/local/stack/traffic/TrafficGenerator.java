package dev.agentpulse.local.stack.traffic;

import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.SourceTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps the demo busy on one to three connections of its own, until closed. */
public final class TrafficGenerator implements AutoCloseable {

    private static final int MOST_WORKERS = 3;
    private static final double CHANGES_PER_SECOND_OF_ONE_WORKER = 500;
    private static final long JOIN_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicLong written = new AtomicLong();
    private final List<TrafficWorker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private TrafficGenerator() {}

    public static TrafficGenerator start(DatabaseAddress database, SourceTables tables, TrafficRate rate, long seed)
            throws SQLException {
        TrafficGenerator generator = new TrafficGenerator();
        int workers = workers(rate);
        if (workers > 0) {
            expireForgotten(database, tables);
        }
        for (int number = 0; number < workers; number++) {
            TrafficScript script = new TrafficScript(seed + number, rate.changesPerSecond() / workers);
            TrafficWorker worker = new TrafficWorker(script, database, tables, generator.stopped, generator.written);
            Thread thread = new Thread(worker, "traffic-" + number);
            thread.setDaemon(true);
            generator.workers.add(worker);
            generator.threads.add(thread);
            thread.start();
        }
        return generator;
    }

    /** Changes committed so far. */
    public long written() {
        return written.get();
    }

    /** Why nothing is written at the moment, if so. */
    public Optional<String> trouble() {
        return workers.stream()
                .map(TrafficWorker::trouble)
                .filter(Objects::nonNull)
                .findFirst();
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            for (Thread thread : threads) {
                thread.join(JOIN_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void expireForgotten(DatabaseAddress database, SourceTables tables) throws SQLException {
        try (Connection connection = database.connect("agentpulse-traffic")) {
            connection.setAutoCommit(false);
            new TrafficStatements(connection, tables, new RowKeys()).expireForgotten();
        }
    }

    private static int workers(TrafficRate rate) {
        if (rate.isSilent()) {
            return 0;
        }
        return (int) Math.min(MOST_WORKERS, Math.ceil(rate.changesPerSecond() / CHANGES_PER_SECOND_OF_ONE_WORKER));
    }
}
