package dev.agentpulse.bench.peer;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Refreshes the views that dashboards used to read, one after the other, at fixed times. */
final class MaterializedViews implements Engine {

    private static final List<String> VIEWS = List.of("agent_performance", "approval_queue", "training_quality");

    private final Connection connection;
    private final long pauseNanos;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile @Nullable SQLException failure;

    private MaterializedViews(Connection connection, int pauseSeconds) {
        this.connection = connection;
        this.pauseNanos = TimeUnit.SECONDS.toNanos(pauseSeconds);
        this.thread = new Thread(this::refresh, "refresh-views");
        this.thread.setDaemon(true);
    }

    /** @param seconds from one refresh to the next; 0 for at once */
    static Subject refreshedEvery(String name, PeerSchema schema, int seconds) throws SQLException {
        schema.run(
                """
                CREATE MATERIALIZED VIEW %1$s.agent_performance AS
                SELECT agent, window_name, count(*) AS query_count, round(avg(latency_ms), 2) AS avg_latency_ms,
                       max(latency_ms) AS max_latency_ms,
                       percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY latency_ms) AS latency_percentiles,
                       count(*) FILTER (WHERE latency_ms > 200) AS slow_query_count,
                       count(*) FILTER (WHERE approved) AS approved_count
                  FROM %1$s.agent_queries
                  JOIN (VALUES ('1m', interval '1 minute'), ('5m', interval '5 minutes'), ('1h', interval '1 hour'))
                       AS windows(window_name, length) ON created_at > now() - length
                 GROUP BY agent, window_name""",
                "CREATE UNIQUE INDEX ON %1$s.agent_performance (agent, window_name)",
                """
                CREATE MATERIALIZED VIEW %1$s.approval_queue AS
                SELECT 1 AS only_row, count(*) AS pending_count, min(created_at) AS oldest_pending_created_at,
                       count(*) FILTER (WHERE created_at < now() - interval '5 minutes') AS sla_breach_count
                  FROM %1$s.agent_approvals WHERE status = 'pending'""",
                "CREATE UNIQUE INDEX ON %1$s.approval_queue (only_row)",
                """
                CREATE MATERIALIZED VIEW %1$s.training_quality AS
                SELECT 1 AS only_row, count(*) AS feedback_count, count(*) FILTER (WHERE safe_to_send) AS safe_count,
                       round(avg((rubric->>'clarity')::numeric), 2) AS avg_clarity,
                       count(DISTINCT annotator) AS active_annotator_count
                  FROM %1$s.agent_feedback WHERE created_at > now() - interval '1 hour'""",
                "CREATE UNIQUE INDEX ON %1$s.training_quality (only_row)");
        MaterializedViews views = new MaterializedViews(schema.database().connect(), seconds);
        views.thread.start();
        return Peer.withRows(name, schema, views);
    }

    /** Waits for Postgres, and does nothing else. */
    @Override
    public double cpuSeconds() {
        return 0;
    }

    @Override
    public void close() throws SQLException {
        stopped = true;
        thread.interrupt();
        connection.abort(Runnable::run);
        SQLException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    private void refresh() {
        long dueNanos = System.nanoTime();
        try (Statement statement = connection.createStatement()) {
            while (!stopped) {
                for (String view : VIEWS) {
                    statement.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY " + PeerSchema.NAME + "." + view);
                }
                dueNanos = Math.max(dueNanos + pauseNanos, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(dueNanos - System.nanoTime());
            }
        } catch (SQLException e) {
            if (!stopped) {
                failure = e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
