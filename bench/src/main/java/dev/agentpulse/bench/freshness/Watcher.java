package dev.agentpulse.bench.freshness;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks again and again, on a thread and a connection of its own, until closed. */
abstract class Watcher implements AutoCloseable {

    private static final long JOIN_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final Connection connection;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile @Nullable SQLException failure;

    Watcher(String name, Connection connection) {
        this.connection = connection;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /** Looks once, waiting a little when there is nothing to see. */
    abstract void look() throws SQLException;

    final void start() {
        thread.start();
    }

    /** A probe whose watcher is blind measures nothing. */
    final void requireSight() throws SQLException {
        SQLException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public final void close() throws SQLException {
        stopped = true;
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connection.close();
    }

    private void run() {
        try {
            while (!stopped) {
                look();
            }
        } catch (SQLException e) {
            failure = e;
        }
    }
}
