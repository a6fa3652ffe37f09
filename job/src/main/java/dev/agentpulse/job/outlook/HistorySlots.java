package dev.agentpulse.job.outlook;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.udf.outlook.QueryParts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The past from {@code agent_performance_history}. It is asked once for an agent, soon after the start of a job that has no
 * state, or when history was read: so its session ends when nothing was asked for a while.
 */
public final class HistorySlots implements PastSlots {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(HistorySlots.class);

    private static final int VALID_SECONDS = 5;
    private static final String APPLICATION_NAME = "agentpulse outlook";

    /** So that a start does not take long, however many agents there are; the others begin without a past. */
    private static final int MOST_AGENTS = 2000;

    private static final String AGENTS = "SELECT DISTINCT agent FROM agentpulse.agent_performance_history"
            + " WHERE bucket = '1h' AND bucket_start >= now() - interval '30 days' ORDER BY agent LIMIT " + MOST_AGENTS;

    private static final String QUEUES = "SELECT DISTINCT queue FROM agentpulse.approval_history"
            + " WHERE bucket = '1h' AND bucket_start >= now() - interval '30 days'";

    private static final String STILL_READING = "SELECT FROM agentpulse.history_progress WHERE state <> 'done'"
            + " AND until > now() - interval '30 days' LIMIT 1";

    private static final String SLOTS = """
            SELECT extract(epoch FROM bucket_start)::bigint / 900, query_count, latency_count, latency_sum_ms, approved_count,
                   rejected_count, human_edited_count
              FROM agentpulse.agent_performance_history
             WHERE agent = ? AND bucket = '15m' AND zone = 'UTC'
               AND bucket_start >= ?::timestamptz - interval '30 days' AND bucket_start < ?::timestamptz
             ORDER BY bucket_start
            """;

    private static final String QUEUE_SLOTS = """
            SELECT extract(epoch FROM bucket_start)::bigint / 900, requested_count, decided_count, pending_count
              FROM agentpulse.approval_history
             WHERE queue = ? AND bucket = '15m' AND zone = 'UTC'
               AND bucket_start >= ?::timestamptz - interval '30 days' AND bucket_start < ?::timestamptz
             ORDER BY bucket_start
            """;

    private static final long LONGEST_REST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final DatabaseConfig database;

    private transient @Nullable Connection open;
    private transient long lastUsedNanos;

    /** @param database where results are */
    public HistorySlots(DatabaseConfig database) {
        this.database = database;
    }

    @Override
    public @Nullable Set<String> keys() throws SQLException {
        try (Statement query = session().createStatement()) {
            try (ResultSet reading = query.executeQuery(STILL_READING)) {
                if (reading.next()) {
                    return null;
                }
            }
            Set<String> keys = new HashSet<>();
            add(query, AGENTS, HistoryTable.AGENTS, keys);
            add(query, QUEUES, HistoryTable.APPROVALS, keys);
            return keys;
        }
    }

    private static void add(Statement query, String sql, HistoryTable table, Set<String> keys) throws SQLException {
        try (ResultSet found = query.executeQuery(sql)) {
            while (found.next()) {
                keys.add(table.key(found.getString(1)));
            }
        }
    }

    @Override
    public List<Slot> read(String agent, long untilMicros) throws SQLException {
        return read(
                SLOTS,
                agent,
                untilMicros,
                found -> new Slot(
                        found.getLong(1),
                        new QueryParts(
                                found.getInt(2),
                                found.getInt(3),
                                found.getLong(4),
                                found.getInt(5),
                                found.getInt(6),
                                found.getInt(7))));
    }

    @Override
    public List<QueueSlot> readQueue(String queue, long untilMicros) throws SQLException {
        return read(
                QUEUE_SLOTS,
                queue,
                untilMicros,
                found -> new QueueSlot(found.getLong(1), found.getInt(2), found.getInt(3), found.getInt(4)));
    }

    private interface Row<S> {
        S of(ResultSet found) throws SQLException;
    }

    private <S> List<S> read(String sql, String subject, long untilMicros, Row<S> row) throws SQLException {
        List<S> slots = new ArrayList<>();
        String until = Instant.EPOCH.plus(untilMicros, ChronoUnit.MICROS).toString();
        try (PreparedStatement query = session().prepareStatement(sql)) {
            query.setString(1, subject);
            query.setString(2, until);
            query.setString(3, until);
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    slots.add(row.of(found));
                }
            }
        }
        return slots;
    }

    private Connection session() throws SQLException {
        Connection connection = open;
        if (connection == null || !connection.isValid(VALID_SECONDS)) {
            close();
            connection = DatabaseSessions.openOnceUp(database, APPLICATION_NAME, SessionKind.SHORT);
            open = connection;
        }
        lastUsedNanos = System.nanoTime();
        return connection;
    }

    @Override
    public void rest() {
        if (open != null && System.nanoTime() - lastUsedNanos > LONGEST_REST_NANOS) {
            close();
        }
    }

    @Override
    public void close() {
        Connection connection = open;
        open = null;
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("a connection cannot be closed", e);
            }
        }
    }
}
