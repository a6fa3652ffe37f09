package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.TickProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Writes ticks, each in one transaction, and only forward.
 *
 * <p>Every transaction first locks the status row and looks at its log position. Within one lineage of state a tick at
 * or before it has been written already (before a restart, or by a writer that was thought dead) and is left out:
 * results never go back. A new lineage (a job that started with empty state) replaces what the old one left, in the
 * transaction of its first tick.
 */
final class TickTransaction {

    private static final String COMPONENT = "tick-writer";
    private static final String LAST_TICK = "SELECT commit_lsn, (details ->> '" + PipelineStatusUpsertStatement.LINEAGE
            + "')::bigint AS lineage, (details ->> '" + PipelineStatusUpsertStatement.UNMATCHED
            + "')::bigint AS unmatched FROM " + PipelineStatusUpsertStatement.TABLE
            + " WHERE component = ? FOR UPDATE";
    private static final List<String> SNAPSHOT_TABLES = List.of(
            "agent_performance",
            "agent_health",
            "approval_queue",
            "approval_activity",
            "training_quality",
            "annotator_activity");

    private final Connection connection;
    private final AgentPerformanceUpsertStatement performance = new AgentPerformanceUpsertStatement();
    private final AgentHealthUpsertStatement health = new AgentHealthUpsertStatement();
    private final ApprovalQueueUpsertStatement queue = new ApprovalQueueUpsertStatement();
    private final ApprovalActivityUpsertStatement activity = new ApprovalActivityUpsertStatement();
    private final TrainingQualityUpsertStatement quality = new TrainingQualityUpsertStatement();
    private final AnnotatorActivityUpsertStatement annotators = new AnnotatorActivityUpsertStatement();
    private final AlertInsertStatement alertInsert = new AlertInsertStatement();
    private final AlertEscalateStatement alertEscalate = new AlertEscalateStatement();
    private final AlertResolveStatement alertResolve = new AlertResolveStatement();
    private final AlertResolveEarlierStatement alertResolveEarlier = new AlertResolveEarlierStatement();
    private final AlertResolveAllEarlierStatement alertResolveAllEarlier = new AlertResolveAllEarlierStatement();
    private final ChannelEventInsertStatement messages;
    private final PipelineStatusUpsertStatement status = new PipelineStatusUpsertStatement(COMPONENT);

    /** Whether this writer has written a tick, so that another lineage can only be another job. */
    private boolean hasWritten;

    /** @param connection one of its own, with auto-commit off */
    TickTransaction(Connection connection) throws SQLException {
        this.connection = connection;
        try (Statement query = connection.createStatement();
                ResultSet found = query.executeQuery(
                        "SELECT to_regprocedure('realtime.send(jsonb,text,text,boolean)') IS NOT NULL")) {
            found.next();
            messages = new ChannelEventInsertStatement(found.getBoolean(1));
        }
        connection.commit();
    }

    /**
     * Writes a complete tick.
     *
     * @return false if it had been written before
     */
    boolean write(Tick tick) throws SQLException {
        try {
            boolean written = writeUncommitted(tick, Objects.requireNonNull(tick.progress, "the tick is incomplete"));
            connection.commit();
            hasWritten |= written;
            return written;
        } catch (SQLException | RuntimeException e) {
            try {
                connection.rollback();
            } catch (SQLException rollback) {
                e.addSuppressed(rollback);
            }
            throw e;
        }
    }

    private boolean writeUncommitted(Tick tick, TickProgress progress) throws SQLException {
        boolean newLineage = true;
        long unmatchedRetractions = tick.unmatchedRetractions;
        try (PreparedStatement query = connection.prepareStatement(LAST_TICK)) {
            query.setString(1, COMPONENT);
            try (ResultSet last = query.executeQuery()) {
                if (last.next()) {
                    newLineage = last.getLong("lineage") != progress.lineage();
                    if (!newLineage && lsn(last.getString("commit_lsn")) >= progress.lsn()) {
                        return false;
                    }
                    unmatchedRetractions += newLineage || tick.first ? 0 : last.getLong("unmatched");
                }
            }
        }
        if (newLineage && hasWritten) {
            throw new SuppressRestartsException(new IllegalStateException(
                    "Another AgentPulse job has begun to write to this database: stop one of the two."));
        }
        boolean replaces = newLineage || tick.first;
        if (replaces) {
            removeOldLineage();
        }
        performance.execute(connection, tick.performance.values());
        health.execute(connection, tick.health.values());
        queue.execute(connection, tick.queue.values());
        activity.execute(connection, tick.activity.values());
        quality.execute(connection, tick.quality.values());
        annotators.execute(connection, tick.annotators.values());
        writeAlerts(tick.alerts);
        if (replaces) {
            resolveWhatDidNotReopen(tick);
        }
        messages.execute(connection, inOrder(tick.messages));
        status.execute(connection, List.of(new PipelineStatus(progress, unmatchedRetractions)));
        return true;
    }

    private static long lsn(String text) {
        return LogSequenceNumber.valueOf(text).asLong();
    }

    private void removeOldLineage() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String table : SNAPSHOT_TABLES) {
                statement.execute("DELETE FROM agentpulse." + table);
            }
        }
    }

    /** Steps of one alert come in order: it opens, gets worse, is over. So one kind of step after the other is right. */
    private void writeAlerts(List<AlertChange> alerts) throws SQLException {
        List<AlertChange> opened = new ArrayList<>();
        Map<String, AlertChange> escalated = new LinkedHashMap<>();
        List<AlertChange> resolved = new ArrayList<>();
        List<AlertChange> resolvedEarlier = new ArrayList<>();
        List<AlertChange> allResolvedEarlier = new ArrayList<>();
        for (AlertChange alert : alerts) {
            switch (alert.step()) {
                case POINT, OPEN -> opened.add(alert);
                case ESCALATE -> escalated.put(alert.alertId(), alert);
                case RESOLVE -> resolved.add(alert);
                case RESOLVE_EARLIER -> resolvedEarlier.add(alert);
                case RESOLVE_ALL_EARLIER -> allResolvedEarlier.add(alert);
            }
        }
        alertInsert.execute(connection, opened);
        alertEscalate.execute(connection, escalated.values());
        alertResolve.execute(connection, resolved);
        alertResolveEarlier.execute(connection, resolvedEarlier);
        alertResolveAllEarlier.execute(connection, allResolvedEarlier);
    }

    /**
     * The first tick of a new lineage opens every alert that time or state keeps open; an older one that is not among
     * them ended while nobody looked.
     */
    private void resolveWhatDidNotReopen(Tick tick) throws SQLException {
        String sql = "UPDATE agentpulse.alert SET status = 'resolved', resolved_at = clock_timestamp()"
                + " WHERE status <> 'resolved' AND rule = ANY (?) AND NOT alert_id = ANY (?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("text", new Object[] {
                AlertRule.AGENT_DEGRADED.text(), AlertRule.APPROVAL_SLA_BREACH.text()
            }));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "text",
                            tick.alerts.stream().map(AlertChange::alertId).toArray()));
            statement.execute();
        }
    }

    /** Listeners get messages in the order of the log; the same key twice in one tick counts once. */
    private static Collection<ChannelMessage> inOrder(List<ChannelMessage> messages) {
        List<ChannelMessage> ordered = new ArrayList<>(messages);
        ordered.sort(Comparator.comparing(ChannelMessage::position));
        return ordered;
    }
}
