package dev.agentpulse.local.chaos;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Watches on a connection of its own how far results lie behind. */
public final class Freshness implements AutoCloseable {

    /** Results that are further behind than this are not fresh. */
    private static final Duration FRESH = Duration.ofSeconds(2);
    /** A job whose job manager died runs on for some seconds before it is restarted: only then it is over. */
    private static final Duration STEADY = Duration.ofSeconds(8);

    private static final Duration GIVE_UP = Duration.ofMinutes(12);
    private static final long POLL_MILLIS = 50;
    private static final String PIPELINE_CONNECTIONS = "(SELECT count(*) FROM pg_stat_activity WHERE datname ="
            + " current_database() AND backend_type IN ('client backend', 'walsender') AND application_name NOT IN"
            + " ('agentpulse-chaos', 'agentpulse-traffic', 'agentpulse-resync'))";

    private final ChaosDatabase database;
    private @Nullable Connection connection;
    private int mostConnections;

    public Freshness(Stage stage) {
        this.database = stage.database();
    }

    /** The most connections that the pipeline ever had at once. */
    int mostConnections() {
        return mostConnections;
    }

    /**
     * How long after the call results were fresh for good; nothing if they never were.
     *
     * @param over done when nothing disturbs any more; until then no freshness is for good
     */
    public Optional<Duration> awaitSteady(Future<?> over) throws InterruptedException {
        Instant since = Instant.now();
        Instant deadline = since.plus(GIVE_UP);
        Instant freshFrom = null;
        Instant quietFrom = null;
        while (Instant.now().isBefore(deadline)) {
            boolean fresh = lag().filter(behind -> behind.compareTo(FRESH) < 0).isPresent();
            Instant now = Instant.now();
            if (!fresh) {
                freshFrom = null;
            } else if (freshFrom == null) {
                freshFrom = now;
            }
            if (quietFrom == null && over.isDone()) {
                quietFrom = now;
            }
            if (isSteady(freshFrom, now) && isSteady(quietFrom, now)) {
                return Optional.of(Duration.between(since, Objects.requireNonNull(freshFrom)));
            }
            Thread.sleep(POLL_MILLIS);
        }
        return Optional.empty();
    }

    private static boolean isSteady(@Nullable Instant from, Instant now) {
        return from != null && Duration.between(from, now).compareTo(STEADY) > 0;
    }

    /** Whether results reached everything that had been committed at the time of the call. */
    public boolean awaitComplete() throws SQLException, InterruptedException {
        String moment = text("SELECT clock_timestamp()::text");
        String isComplete = "SELECT min(as_of) > '" + moment
                + "'::timestamptz AND bool_and(NOT details ? 'backlog') FROM agentpulse.pipeline_status";
        Instant deadline = Instant.now().plus(GIVE_UP);
        while (Instant.now().isBefore(deadline)) {
            if ("t".equals(text(isComplete))) {
                return true;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return false;
    }

    /** How far results lie behind; nothing while the database is away or nothing was ever written. */
    private Optional<Duration> lag() {
        String sql = "SELECT extract(epoch FROM clock_timestamp() - min(as_of)) * 1000, " + PIPELINE_CONNECTIONS
                + " FROM agentpulse.pipeline_status";
        try (Statement statement = connection().createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            double millis = row.getDouble(1);
            mostConnections = Math.max(mostConnections, row.getInt(2));
            return row.getString(1) == null ? Optional.empty() : Optional.of(Duration.ofMillis((long) millis));
        } catch (SQLException e) {
            close();
            return Optional.empty();
        }
    }

    private String text(String sql) throws SQLException {
        try (Statement statement = connection().createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private Connection connection() throws SQLException {
        Connection open = connection;
        if (open == null || open.isClosed()) {
            open = database.connect();
            connection = open;
        }
        return open;
    }

    @Override
    public void close() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // The server is gone, and with it the connection.
            connection = null;
        }
        connection = null;
    }
}
