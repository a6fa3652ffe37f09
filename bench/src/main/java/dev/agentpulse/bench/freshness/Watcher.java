package dev.agentpulse.bench.freshness;

import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks again and again, on a thread and a connection or socket of its own, until closed. */
public abstract class Watcher implements AutoCloseable {

    private static final long JOIN_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final AutoCloseable source;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile @Nullable SQLException failure;

    /** @param source what it looks at; closed with it */
    Watcher(String name, AutoCloseable source) {
        this.source = source;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /** What it can see. */
    abstract Set<Sight> sees();

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
        try {
            source.close();
        } catch (SQLException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
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
