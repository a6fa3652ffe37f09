package dev.agentpulse.gateway.listen;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a temporary slot that holds back more of the server's log than it may, by ending the server's process that serves
 * it. It looks from a thread of its own, over ordinary connections, because the slot's reader may be waiting: a slot holds
 * log back from when it begins to be made, and it is made only when all transactions have ended that were open then.
 */
final class SlotLimit {

    private static final Logger LOG = LoggerFactory.getLogger(SlotLimit.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private static final String PATIENCE_SECONDS = "4";
    private static final long BYTES_A_MEGABYTE = 1_048_576;

    private static final String HELD = """
            SELECT active_pid, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint AS held
              FROM pg_catalog.pg_replication_slots
             WHERE slot_name = ? AND active_pid IS NOT NULL AND restart_lsn IS NOT NULL""";

    private final String url;
    private final Properties login;
    private final String slot;
    private final long keepBytes;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable String exceeded;
    private boolean failedBefore;

    private SlotLimit(String url, Properties login, String slot, long keepBytes) {
        this.url = url;
        this.slot = slot;
        this.keepBytes = keepBytes;
        this.login = new Properties();
        this.login.putAll(login);
        PGProperty.APPLICATION_NAME.set(this.login, "agentpulse-gateway-slot-limit");
        PGProperty.CONNECT_TIMEOUT.set(this.login, PATIENCE_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(this.login, PATIENCE_SECONDS);
        PGProperty.SOCKET_TIMEOUT.set(this.login, PATIENCE_SECONDS);
    }

    static SlotLimit start(String url, Properties login, String slot, long keepBytes) {
        SlotLimit limit = new SlotLimit(url, login, slot, keepBytes);
        Thread thread = new Thread(limit::run, "source-slot-limit");
        thread.setDaemon(true);
        thread.start();
        return limit;
    }

    /** Why the slot was ended; null if it was not, or not for this. */
    @Nullable
    String exceeded() {
        return exceeded;
    }

    void stop() {
        stopped.countDown();
    }

    private void run() {
        try {
            while (!stopped.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try (Connection connection = DriverManager.getConnection(url, login);
                PreparedStatement query = connection.prepareStatement(HELD)) {
            query.setString(1, slot);
            try (ResultSet found = query.executeQuery()) {
                if (found.next() && found.getLong("held") > keepBytes) {
                    end(connection, found.getInt("active_pid"), found.getLong("held"));
                }
            }
            failedBefore = false;
        } catch (SQLException e) {
            // A server that is away ends the slot by itself.
            if (!failedBefore) {
                LOG.warn("What the slot {} holds back cannot be limited: {}", slot, e.toString());
            }
            failedBefore = true;
        }
    }

    private void end(Connection connection, int process, long held) throws SQLException {
        // Before the reader meets the end.
        exceeded =
                "the gateway's slot held back " + held / BYTES_A_MEGABYTE + " MB of the database's log, more than the "
                        + keepBytes / BYTES_A_MEGABYTE
                        + " MB of --source-keep-mb; a transaction that has been open for long makes it do so";
        try (PreparedStatement end = connection.prepareStatement("SELECT pg_terminate_backend(?)")) {
            end.setInt(1, process);
            end.execute();
        }
    }
}
