package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.Refusals;
import dev.agentpulse.job.config.RetentionConfig;
import dev.agentpulse.job.model.TickProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is older than its time, a small batch now and then between two ticks, so that no reader feels it and no
 * table grows without bound.
 */
final class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private static final long PAUSE_MILLIS = 10_000;

    /** Of history, whole days go, each table and length of its own: so it is asked for less often. */
    private static final long HISTORY_PAUSE_MILLIS = 60_000;

    private static final int BATCH_ROWS = 2000;
    private static final double MILLIS_PER_SECOND = 1000.0;
    /** Numbers ascend with the time, so they need no index on the time, which each message would have to pay for. */
    private static final String MESSAGES = "DELETE FROM agentpulse.channel_event WHERE seq IN (SELECT seq FROM"
            + " (SELECT seq, written_at FROM agentpulse.channel_event ORDER BY seq LIMIT " + BATCH_ROWS
            + ") AS oldest WHERE written_at < now() - make_interval(secs => ?))";

    private static final String OLD_QUALITY =
            "DELETE FROM agentpulse.data_quality_daily WHERE (day, source_table, check_name)"
                    + " IN (SELECT day, source_table, check_name FROM agentpulse.data_quality_daily"
                    + " WHERE day < (now() - make_interval(secs => ?))::date ORDER BY day LIMIT " + BATCH_ROWS + ")";
    /** A row an agent or annotator, so it needs no index on the time. */
    private static final String OLD_PROOF = "DELETE FROM agentpulse.audit_proof WHERE (result_table, subject)"
            + " IN (SELECT result_table, subject FROM agentpulse.audit_proof"
            + " WHERE run_at < now() - make_interval(secs => ?) ORDER BY run_at LIMIT " + BATCH_ROWS + ")";
    /** For a statement that takes too long. */
    private static final String QUERY_CANCELED = "57014";

    private final Connection connection;
    private final RetentionConfig config;
    private final HistoryRetention history;
    private final StagedRecords staged;
    private final IdleRows idleRows;
    private final RetentionLog log;
    private long nextMillis;
    private long nextHistoryMillis;

    Retention(Connection connection, RetentionConfig config, HistoryRetention history, StagedRecords staged) {
        this.connection = connection;
        this.config = config;
        this.history = history;
        this.staged = staged;
        this.idleRows = new IdleRows(connection, config.idleMillis());
        this.log = new RetentionLog(connection);
    }

    /**
     * Removes one batch a table if the pause is over. A full batch is followed by the next one without a pause; where
     * somebody holds a lock, a table is too large to be searched in time or a disk too full to note what was removed,
     * the next pause decides.
     *
     * @param written the last tick: what was staged for it is published
     */
    void trimIfDue(long nowMillis, TickProgress written) throws SQLException {
        if (nowMillis < nextMillis) {
            return;
        }
        nextMillis = nowMillis + PAUSE_MILLIS;
        try {
            boolean ofHistory = nowMillis >= nextHistoryMillis;
            boolean moreOfHistory = ofHistory && history.dropPartitions(written.asOfMicros(), log, nowMillis);
            staged.removeUntil(written.lineage(), written.asOfMicros());
            boolean more = trim("channel_event", MESSAGES, config.channelEventMillis());
            more |= trim("alert_record", oldest("alert_record", "alert_id", "resolved_at"), config.alertMillis());
            more |= trim(
                    "rejected_change",
                    oldest("rejected_change", "event_key", "rejected_at"),
                    config.rejectedChangeMillis());
            more |= trim("audit_result", oldest("audit_result", "audit_id", "run_at"), config.auditMillis());
            more |= trim("audit_proof", OLD_PROOF, config.auditMillis());
            more |= trim(
                    "data_quality_daily", OLD_QUALITY, Math.max(config.auditMillis(), QualitySteps.LEAST_KEPT_MILLIS));
            more |= trim(
                    "annotator_agreement", oldest("annotator_agreement", "annotator", "as_of"), config.auditMillis());
            more |= idleRows.trimIfDue(nowMillis, log);
            if (ofHistory) {
                moreOfHistory |= history.trim(written.asOfMicros(), log);
                nextHistoryMillis = moreOfHistory ? nowMillis : nowMillis + HISTORY_PAUSE_MILLIS;
            }
            log.write(nowMillis);
            connection.commit();
            log.committed();
            if (more || moreOfHistory) {
                nextMillis = nowMillis;
            }
        } catch (SQLException e) {
            boolean refused = Refusals.last(e);
            if (!refused && !isForAnotherTime(e)) {
                throw e;
            }
            connection.rollback();
            log.rolledBack();
            if (refused || Refusals.isShortOfResources(e)) {
                LOG.warn("rows that are older than they are to be kept cannot be removed: {}", e.getMessage());
            }
        }
    }

    /** Whether the same may succeed later: somebody holds a lock, a disk is full, or it took too long. */
    static boolean isForAnotherTime(SQLException problem) {
        return Refusals.isLockedOut(problem)
                || Refusals.isShortOfResources(problem)
                || QUERY_CANCELED.equals(problem.getSQLState());
    }

    private static String oldest(String table, String key, String timeColumn) {
        return "DELETE FROM agentpulse." + table + " WHERE " + key + " IN (SELECT " + key + " FROM agentpulse." + table
                + " WHERE " + timeColumn + " < now() - make_interval(secs => ?) ORDER BY " + timeColumn + " LIMIT "
                + BATCH_ROWS + ")";
    }

    private boolean trim(String table, String sql, long keptMillis) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setDouble(1, keptMillis / MILLIS_PER_SECOND);
            int removed = statement.executeUpdate();
            log.add(table, keptMillis, removed);
            return removed == BATCH_ROWS;
        }
    }
}
