package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.NotificationConfig;
import dev.agentpulse.job.config.Refusals;
import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.AgentPerformanceRow;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.AnnotatorActivityRow;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.OutlookRow;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TransactionProgress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes ticks, each in one transaction, and only forward.
 *
 * <p>Every transaction first locks the status row and looks at its log position. Within one lineage of state a tick at
 * or before it has been written already (before a restart, or by a writer that was thought dead) and is left out:
 * results never go back. A new lineage (a job that started with empty state) replaces what the old one left, in the
 * transaction of its first tick.
 */
final class TickTransaction {

    private static final Logger LOG = LoggerFactory.getLogger(TickTransaction.class);

    static final String COMPONENT = "tick-writer";
    private static final String LAST_TICK = "SELECT commit_lsn, (extract(epoch FROM as_of) * 1000000)::bigint AS as_of,"
            + " (details ->> '" + PipelineStatusUpsertStatement.LINEAGE
            + "')::bigint AS lineage, (details ->> '" + PipelineStatusUpsertStatement.UNMATCHED
            + "')::bigint AS unmatched, (details ->> '" + PipelineStatusUpsertStatement.LEFT_OUT
            + "')::bigint AS left_out, (details ->> '" + PipelineStatusUpsertStatement.NOT_WRITTEN
            + "')::bigint AS not_written FROM " + PipelineStatusUpsertStatement.TABLE
            + " WHERE component = ? FOR UPDATE";
    /** What is open, but for what the tick's staged records open again. */
    private static final String UNRESOLVED = "SELECT alert_id FROM agentpulse.alert_record a WHERE status <> 'resolved'"
            + " AND rule = ANY (?) AND NOT EXISTS (SELECT FROM agentpulse.staged_record s WHERE s.lineage = ?"
            + " AND s.kind = '" + StagedRecord.kind(AlertChange.Step.OPEN)
            + "' AND s.time_micros <= ? AND s.record_key = a.alert_id)";

    private static final String SHOW_TRANSACTION = "UPDATE " + PipelineStatusUpsertStatement.TABLE
            + " SET details = details || jsonb_build_object('" + PipelineStatusUpsertStatement.TRANSACTION
            + "', jsonb_build_object('changes', ?::bigint, 'committed_at', ?::timestamptz))"
            + " WHERE component = ? AND details ->> '" + PipelineStatusUpsertStatement.LINEAGE + "' = ?";
    /** Rules whose open alerts the job's state holds; one that begins anew opens them again, or they are over. */
    private static final String[] KEPT_OPEN_BY_STATE = Stream.of(
                    AlertRule.AGENT_DEGRADED,
                    AlertRule.APPROVAL_SLA_BREACH,
                    AlertRule.VOLUME_ANOMALY,
                    AlertRule.LATENCY_ANOMALY,
                    AlertRule.RATE_ANOMALY,
                    AlertRule.QUALITY_DROP)
            .map(AlertRule::text)
            .toArray(String[]::new);

    /**
     * They were left for the first rows of a new lineage, which take over since when an agent has been in its status. Those
     * that were not written by this transaction, or below one of its savepoints, are of agents that it does not name.
     */
    private static final String REMOVE_OLD_HEALTH =
            "DELETE FROM agentpulse.agent_health WHERE age(xmin) > age(pg_current_xact_id()::xid)";

    private static final int FETCHED_ROWS = 10_000;
    private static final List<String> SNAPSHOT_TABLES = List.of(
            "agent_performance",
            "approval_queue",
            "approval_activity",
            "training_quality",
            "annotator_activity",
            "agent_trend",
            "agent_forecast",
            "agent_quality",
            "approval_forecast");

    private final Connection connection;
    private final Supplier<List<String>> findings;
    private final AgentPerformanceUpsertStatement performance = new AgentPerformanceUpsertStatement();
    private final AgentHealthUpsertStatement health = new AgentHealthUpsertStatement(false);
    private final AgentHealthUpsertStatement firstHealth = new AgentHealthUpsertStatement(true);
    private final ApprovalQueueUpsertStatement queue = new ApprovalQueueUpsertStatement();
    private final ApprovalActivityUpsertStatement activity = new ApprovalActivityUpsertStatement();
    private final TrainingQualityUpsertStatement quality = new TrainingQualityUpsertStatement();
    private final AnnotatorActivityUpsertStatement annotators = new AnnotatorActivityUpsertStatement();
    private final HistoryWriter history;
    private final OutlookWriter outlook = new OutlookWriter();
    private final AlertInsertStatement alertInsert = new AlertInsertStatement();
    private final AlertEscalateStatement alertEscalate = new AlertEscalateStatement();
    private final AlertResolveStatement alertResolve = new AlertResolveStatement();
    private final AlertResolveEarlierStatement alertResolveEarlier = new AlertResolveEarlierStatement();
    private final AlertResolveAllEarlierStatement alertResolveAllEarlier = new AlertResolveAllEarlierStatement();
    private final UnwritableRowInsertStatement ledger = new UnwritableRowInsertStatement();
    private final StagedRecords staged;
    private final FirstRows firstRows;
    private final ChannelMessages messages;
    private final AlertResolveNowStatement alertResolveNow = new AlertResolveNowStatement();
    private final NotificationQueue queueOfNotifications;
    private final StatementPipeline pipeline;
    private final PipelineStatusUpsertStatement status = new PipelineStatusUpsertStatement(COMPONENT);

    /** Whether this writer has written a tick, so that another lineage can only be another job. */
    private boolean hasWritten;

    /**
     * @param connection one of its own, with auto-commit off
     * @param staged on the same connection
     * @param history on the same connection
     * @param firstRows what the first tick of a job is completed with
     * @param findings what the status says besides, asked at every tick
     */
    TickTransaction(
            Connection connection,
            NotificationConfig notifications,
            StagedRecords staged,
            HistoryWriter history,
            FirstRows firstRows,
            Supplier<List<String>> findings)
            throws SQLException {
        this.connection = connection;
        this.pipeline = new StatementPipeline(connection);
        this.history = history;
        this.firstRows = firstRows;
        this.findings = findings;
        this.staged = staged;
        this.messages = new ChannelMessages(connection, notifications, staged.numbered());
        this.queueOfNotifications = new NotificationQueue(connection);
        connection.commit();
    }

    /**
     * Writes a complete tick. Of one that the database refuses for what it holds, the rows that it refuses are found and
     * noted in the ledger instead, and the rest is written. One whose notifications find no room is written without them.
     *
     * @return false if it had been written before
     * @throws SuppressRestartsException if the tick cannot be written and could not be at another time
     * @throws SQLException if it may be written at another time
     */
    boolean write(Tick tick) throws SQLException {
        TickProgress progress = Objects.requireNonNull(tick.progress, "the tick is incomplete");
        boolean silent = (tick.staged || !tick.messages.isEmpty()) && queueOfNotifications.isFull();
        boolean halving = false;
        while (true) {
            RowWriter rows = rowWriter(tick, halving);
            boolean complete = false;
            try {
                boolean written = writeUncommitted(tick, progress, rows, silent);
                complete = true;
                connection.commit();
                if (written) {
                    history.tickCommitted(progress.lsn());
                }
                hasWritten |= written;
                return written;
            } catch (SQLException e) {
                rollBack(e);
                if (complete && !silent && NotificationQueue.hasNoRoom(e)) {
                    queueOfNotifications.foundFull(e);
                    silent = true;
                } else if (!Refusals.lieInData(e)) {
                    throw e;
                } else if (halving) {
                    throw new SuppressRestartsException(new IllegalStateException(cannotBeWritten(rows, e), e));
                } else {
                    LOG.warn("the database refuses a tick; its rows are tried one by one: {}", e.getMessage());
                    halving = true;
                }
            } catch (RuntimeException | Error e) {
                rollBack(e);
                throw e;
            }
        }
    }

    /** What was staged is read in parts, on the same connection. */
    private RowWriter rowWriter(Tick tick, boolean halving) {
        if (halving) {
            return RowWriter.halving(connection);
        }
        return tick.staged || !tick.stagedRowTimes.isEmpty()
                ? RowWriter.direct(connection)
                : RowWriter.pipelined(connection, pipeline);
    }

    /** Shows how far a transaction is whose tick is not complete; its tick shows it no more. */
    void show(TransactionProgress transaction) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(SHOW_TRANSACTION)) {
            update.setLong(1, transaction.changes());
            update.setString(2, Column.text(transaction.committedMicros()));
            update.setString(3, COMPONENT);
            update.setString(4, Long.toString(transaction.lineage()));
            update.execute();
            connection.commit();
        } catch (SQLException e) {
            rollBack(e);
            throw e;
        }
    }

    private void rollBack(Throwable problem) {
        history.partitions().forget();
        try {
            connection.rollback();
        } catch (SQLException e) {
            problem.addSuppressed(e);
        }
    }

    private static String cannotBeWritten(RowWriter rows, SQLException problem) {
        String without = rows.unwritable().isEmpty()
                ? ""
                : ", not even without the row " + rows.unwritable().get(0).title() + " of "
                        + rows.unwritable().get(0).table();
        return "A tick cannot be written" + without + ": " + problem.getMessage();
    }

    private boolean writeUncommitted(Tick tick, TickProgress progress, RowWriter rows, boolean silent)
            throws SQLException {
        boolean newLineage = true;
        long unmatchedRetractions = tick.unmatchedRetractions;
        long leftOut = 0;
        long notWritten = 0;
        long lastMicros = Long.MIN_VALUE;
        @Nullable Long earlierMicros = null;
        try (PreparedStatement query = connection.prepareStatement(LAST_TICK)) {
            query.setString(1, COMPONENT);
            try (ResultSet last = query.executeQuery()) {
                if (last.next()) {
                    String lastLsn = last.getString("commit_lsn");
                    history.beginTick(lastLsn == null ? 0 : lsn(lastLsn));
                    newLineage = last.getLong("lineage") != progress.lineage();
                    long asOfMicros = last.getLong("as_of");
                    earlierMicros = asOfMicros;
                    if (!newLineage && lsn(last.getString("commit_lsn")) >= progress.lsn()) {
                        // The first tick of a lineage has begun history already, when it was written before.
                        if (tick.historyBegins && !tick.first) {
                            history.begin(false, asOfMicros, asOfMicros);
                        }
                        return false;
                    }
                    lastMicros = newLineage || tick.first ? lastMicros : asOfMicros;
                    unmatchedRetractions += newLineage || tick.first ? 0 : last.getLong("unmatched");
                    leftOut = last.getLong("left_out");
                    notWritten = last.getLong("not_written");
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
        if (tick.first) {
            firstRows.addTo(tick, progress.asOfMicros());
        }
        if (newLineage || tick.historyBegins) {
            history.begin(tick.first, progress.asOfMicros(), earlierMicros);
        }
        StagedRecords.Span span = new StagedRecords.Span(progress.lineage(), lastMicros, progress.asOfMicros());
        for (long time : tick.stagedRowTimes) {
            writeStagedRows(span.at(time), rows, lastMicros, progress, replaces ? firstHealth : health);
        }
        writeRows(tick, rows, progress, replaces ? firstHealth : health);
        history.writeRows(tick.history.values(), lastMicros, progress, rows);
        history.writeChanges(tick.historyChanges, lastMicros, progress, rows);
        if (tick.staged) {
            staged.read(
                    span,
                    StagedRecord.HISTORY_CHANGE,
                    HistoryCorrection.class,
                    part -> history.writeChanges(part, span.afterMicros(), progress, rows));
            // The steps are declared in the order in which they follow each other.
            for (AlertChange.Step step : AlertChange.Step.values()) {
                staged.read(span, StagedRecord.kind(step), AlertChange.class, part -> writeAlerts(part, rows));
            }
        } else {
            writeAlerts(tick.alerts, rows);
        }
        if (replaces) {
            rows.flush();
            execute(REMOVE_OLD_HEALTH);
            resolveWhatDidNotReopen(tick, span, rows);
        }
        leftOut += tick.staged
                ? messages.writeStaged(staged, span, rows, silent)
                : messages.write(tick.messages, rows, silent);
        noteUnwritable(rows.unwritable(), progress);
        notWritten += rows.unwritable().size();
        rows.writeLast(status, new PipelineStatus(progress, unmatchedRetractions, leftOut, notWritten, findings.get()));
        return true;
    }

    /** Of each kind a row is there once, because they are of one time. */
    private void writeStagedRows(
            StagedRecords.Span span,
            RowWriter rows,
            long lastMicros,
            TickProgress progress,
            AgentHealthUpsertStatement ofHealth)
            throws SQLException {
        staged.read(span, StagedRecord.PERFORMANCE, AgentPerformanceRow.class, part -> rows.write(performance, part));
        staged.read(span, StagedRecord.HEALTH, AgentHealthRow.class, part -> rows.write(ofHealth, part));
        staged.read(span, StagedRecord.ANNOTATOR, AnnotatorActivityRow.class, part -> rows.write(annotators, part));
        staged.read(
                span,
                StagedRecord.HISTORY,
                HistoryRow.class,
                part -> history.writeRows(part, lastMicros, progress, rows));
        staged.read(span, StagedRecord.OUTLOOK, OutlookRow.class, part -> outlook.write(part, progress, rows));
    }

    private void writeRows(Tick tick, RowWriter rows, TickProgress progress, AgentHealthUpsertStatement ofHealth)
            throws SQLException {
        rows.write(performance, tick.performance.values());
        rows.write(ofHealth, tick.health.values());
        rows.write(queue, tick.queue.values());
        rows.write(activity, tick.activity.values());
        rows.write(quality, tick.quality.values());
        rows.write(annotators, tick.annotators.values());
        outlook.write(tick.outlook.values(), progress, rows);
    }

    private void noteUnwritable(List<UnwritableRow> unwritable, TickProgress progress) throws SQLException {
        List<UnwritableRow> noted = new ArrayList<>();
        for (UnwritableRow row : unwritable) {
            LOG.warn("the row {} of {} cannot be written: {}", row.title(), row.table(), row.problem());
            noted.add(row.at(progress.lsn()));
        }
        RowWriter.direct(connection).write(ledger, noted);
    }

    private static long lsn(String text) {
        return LogSequenceNumber.valueOf(text).asLong();
    }

    private void removeOldLineage() throws SQLException {
        for (String table : SNAPSHOT_TABLES) {
            execute("DELETE FROM agentpulse." + table);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Steps of one alert come in order: it opens, gets worse, is over. So one kind of step after the other is right. */
    private void writeAlerts(List<AlertChange> alerts, RowWriter rows) throws SQLException {
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
        rows.write(alertInsert, opened);
        rows.write(alertEscalate, escalated.values());
        rows.write(alertResolve, resolved);
        rows.write(alertResolveEarlier, resolvedEarlier);
        rows.write(alertResolveAllEarlier, allResolvedEarlier);
    }

    /**
     * The first tick of a new lineage opens every alert that time or state keeps open; an older one that is not among
     * them ended while nobody looked.
     */
    private void resolveWhatDidNotReopen(Tick tick, StagedRecords.Span span, RowWriter rows) throws SQLException {
        Set<String> open = new HashSet<>();
        tick.alerts.forEach(alert -> open.add(alert.alertId()));
        List<String> over = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(UNRESOLVED)) {
            query.setFetchSize(FETCHED_ROWS);
            query.setArray(1, connection.createArrayOf("text", KEPT_OPEN_BY_STATE));
            query.setLong(2, span.lineage());
            query.setLong(3, span.asOfMicros());
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    String alertId = found.getString(1);
                    if (!open.contains(alertId)) {
                        over.add(alertId);
                    }
                    if (over.size() == FETCHED_ROWS) {
                        rows.write(alertResolveNow, over);
                        over.clear();
                    }
                }
            }
        }
        rows.write(alertResolveNow, over);
    }
}
