package dev.agentpulse.job.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;

/**
 * Removes the rows of agents and annotators that have had nothing in any window for long. Should one of them come back,
 * its rows are written as those of a new one. Only a scan finds them, so they are looked for once an hour.
 */
final class IdleRows {

    private static final long PAUSE_MILLIS = 3_600_000;
    private static final double MILLIS_PER_SECOND = 1000.0;

    /** A row that says zero is not written again, so the end of its window is when it became so. */
    private static final Map<String, String> REMOVALS =
            Map.of("agent_performance idle", """
            WITH gone AS (
                DELETE FROM agentpulse.agent_health WHERE agent IN (
                    SELECT health.agent FROM agentpulse.agent_health AS health
                    WHERE health.health_status = 'idle' AND NOT EXISTS (
                        SELECT FROM agentpulse.agent_performance AS performance
                        WHERE performance.agent = health.agent AND (performance.query_count > 0
                            OR performance.window_end > now() - make_interval(secs => ?)))
                    LIMIT 500)
                RETURNING agent),
            trend AS (DELETE FROM agentpulse.agent_trend AS t USING gone WHERE t.agent = gone.agent),
            forecast AS (DELETE FROM agentpulse.agent_forecast AS t USING gone WHERE t.agent = gone.agent),
            quality AS (DELETE FROM agentpulse.agent_quality AS t USING gone WHERE t.agent = gone.agent)
            DELETE FROM agentpulse.agent_performance AS performance USING gone WHERE performance.agent = gone.agent
            """, "annotator_activity idle", """
            DELETE FROM agentpulse.annotator_activity WHERE annotator IN (
                SELECT annotator FROM agentpulse.annotator_activity GROUP BY annotator
                HAVING sum(feedback_count) = 0 AND max(window_end) <= now() - make_interval(secs => ?)
                LIMIT 500)
            """);

    private final Connection connection;
    private final long keptMillis;
    private long nextMillis;

    /** @param keptMillis how long a row that says zero stays */
    IdleRows(Connection connection, long keptMillis) {
        this.connection = connection;
        this.keptMillis = keptMillis;
    }

    /**
     * Removes one batch of each if the pause is over, without committing.
     *
     * @return whether there may be more, to be removed without a pause
     */
    boolean trimIfDue(long nowMillis, RetentionLog log) throws SQLException {
        if (nowMillis < nextMillis) {
            return false;
        }
        nextMillis = nowMillis + PAUSE_MILLIS;
        boolean more = false;
        for (Map.Entry<String, String> removal : REMOVALS.entrySet()) {
            try (PreparedStatement statement = connection.prepareStatement(removal.getValue())) {
                statement.setDouble(1, keptMillis / MILLIS_PER_SECOND);
                int removed = statement.executeUpdate();
                log.add(removal.getKey(), keptMillis, removed);
                more |= removed > 0;
            }
        }
        if (more) {
            nextMillis = nowMillis;
        }
        return more;
    }
}
