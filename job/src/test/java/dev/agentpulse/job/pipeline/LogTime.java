package dev.agentpulse.job.pipeline;

import dev.agentpulse.job.sql.Database;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Lets the log's time pass without waiting. A transaction that Postgres applies for another server bears the commit time that it
 * had there, also when it is decoded; so one that says it comes from elsewhere commits at whatever time it names. Heartbeats
 * go on at the time of the clock, which is earlier, and move nothing.
 */
final class LogTime implements AutoCloseable {

    private final Connection connection;
    private final String origin;
    private Instant now;

    /** Begins at the time of the clock. */
    LogTime(Database database) throws SQLException {
        connection = database.connect();
        origin = "origin_" + database.name();
        now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        Sql.run(
                connection,
                "SELECT pg_replication_origin_create('" + origin + "')",
                "SELECT pg_replication_origin_session_setup('" + origin + "')");
    }

    Instant now() {
        return now;
    }

    /** Time passes, and at the end of it a transaction of one statement commits. */
    void passWith(Duration time, String statement) throws SQLException {
        now = now.plus(time);
        Sql.run(
                connection,
                "BEGIN",
                "SELECT pg_replication_origin_xact_setup('0/1', '" + now + "')",
                statement,
                "COMMIT");
    }

    @Override
    public void close() throws SQLException {
        Sql.run(
                connection,
                "SELECT pg_replication_origin_session_reset()",
                "SELECT pg_replication_origin_drop('" + origin + "')");
        connection.close();
    }
}
