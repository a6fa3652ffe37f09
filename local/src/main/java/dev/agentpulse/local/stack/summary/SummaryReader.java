package dev.agentpulse.local.stack.summary;

import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.summary.Summary.Agent;
import dev.agentpulse.local.stack.summary.Summary.Alert;
import dev.agentpulse.local.stack.summary.Summary.History;
import dev.agentpulse.local.stack.summary.Summary.Queue;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a {@link Summary} on a connection of its own, which it opens again after a failure. */
public final class SummaryReader implements AutoCloseable {

    private static final String STATUS = """
            SELECT min(as_of), extract(epoch FROM clock_timestamp() - min(as_of)) * 1000, coalesce(max(changes_read), 0)
              FROM agentpulse.pipeline_status
            """;

    private static final String AGENTS = """
            SELECT health.agent, health.health_status,
                   minute.query_count, five.query_count, hour.query_count,
                   minute.avg_latency_ms, minute.p50_latency_ms, minute.p95_latency_ms, minute.p99_latency_ms,
                   minute.max_latency_ms, hour.approval_rate_pct
              FROM agentpulse.agent_health AS health
              LEFT JOIN agentpulse.agent_performance AS minute
                ON minute.agent = health.agent AND minute.window_name = '1m'
              LEFT JOIN agentpulse.agent_performance AS five
                ON five.agent = health.agent AND five.window_name = '5m'
              LEFT JOIN agentpulse.agent_performance AS hour
                ON hour.agent = health.agent AND hour.window_name = '1h'
             ORDER BY coalesce(hour.query_count, 0) DESC, health.agent
            """;

    private static final String QUEUE = """
            SELECT pending_count, sla_breach_count, coalesce(max_pending_age_seconds, 0)
              FROM agentpulse.approval_queue
             WHERE queue = 'all'
            """;

    private static final String ALERTS = """
            SELECT rule, severity, count(*)
              FROM agentpulse.alert
             WHERE status <> 'resolved'
             GROUP BY rule, severity
             ORDER BY rule, severity
            """;

    /** By UTC days; of the table that is behind the others, while it is being read. */
    private static final String HISTORY = """
            SELECT reached::date,
                   CASE WHEN reached < first THEN first::date - reached::date + 1 ELSE 0 END,
                   coalesce(first::date - oldest::date + 1, 0), problem
              FROM (SELECT coalesce(min(since) FILTER (WHERE state = 'done'), min(until)) AT TIME ZONE 'UTC' AS reached,
                           max(until) AT TIME ZONE 'UTC' - interval '1 microsecond' AS first,
                           min(oldest) AT TIME ZONE 'UTC' AS oldest, max(problem) AS problem
                      FROM agentpulse.history_progress
                     GROUP BY history_table
                    HAVING bool_or(state <> 'done')) AS progress
             ORDER BY reached DESC
             LIMIT 1
            """;

    private final DatabaseAddress database;
    private @Nullable Connection connection;

    public SummaryReader(DatabaseAddress database) {
        this.database = database;
    }

    /** All parts of one summary are of one moment. */
    public Summary read() throws SQLException {
        Connection current = connection;
        if (current == null) {
            current = open();
            connection = current;
        }
        try {
            Summary summary = read(current);
            current.commit();
            return summary;
        } catch (SQLException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
        Connection current = connection;
        connection = null;
        if (current != null) {
            try {
                current.close();
            } catch (SQLException e) {
                // It was broken; that is why it is closed.
                connection = null;
            }
        }
    }

    private Connection open() throws SQLException {
        Connection opened = database.connect("agentpulse-summary");
        opened.setReadOnly(true);
        opened.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        opened.setAutoCommit(false);
        return opened;
    }

    private static Summary read(Connection connection) throws SQLException {
        Instant asOf = null;
        Duration behind = Duration.ZERO;
        long changesRead = 0;
        try (PreparedStatement statement = connection.prepareStatement(STATUS);
                ResultSet row = statement.executeQuery()) {
            if (row.next()) {
                Timestamp complete = row.getTimestamp(1);
                asOf = complete == null ? null : complete.toInstant();
                behind = Duration.ofMillis(row.getLong(2));
                changesRead = row.getLong(3);
            }
        }
        return new Summary(
                asOf,
                behind,
                changesRead,
                agents(connection),
                queue(connection),
                alerts(connection),
                history(connection));
    }

    private static @Nullable History history(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HISTORY);
                ResultSet row = statement.executeQuery()) {
            return row.next()
                    ? new History(row.getObject(1, LocalDate.class), row.getInt(2), row.getInt(3), row.getString(4))
                    : null;
        }
    }

    private static List<Agent> agents(Connection connection) throws SQLException {
        List<Agent> agents = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(AGENTS);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                agents.add(new Agent(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getBigDecimal(6),
                        row.getObject(7, Integer.class),
                        row.getObject(8, Integer.class),
                        row.getObject(9, Integer.class),
                        row.getObject(10, Integer.class),
                        row.getBigDecimal(11)));
            }
        }
        return agents;
    }

    private static Queue queue(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(QUEUE);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return Queue.EMPTY;
            }
            BigDecimal oldest = row.getBigDecimal(3);
            return new Queue(row.getLong(1), row.getLong(2), oldest.longValue());
        }
    }

    private static List<Alert> alerts(Connection connection) throws SQLException {
        List<Alert> alerts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(ALERTS);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                alerts.add(new Alert(row.getString(1), row.getString(2), row.getLong(3)));
            }
        }
        return alerts;
    }
}
