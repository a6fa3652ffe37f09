package dev.agentpulse.job.outlook;

import dev.agentpulse.job.config.HistoryConfig;
import dev.agentpulse.job.model.ApprovalImage;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.OutlookRow;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickLogic;
import dev.agentpulse.job.tick.TickOutput;
import dev.agentpulse.job.tick.WindowState;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.anomaly.AgentAnomalies;
import dev.agentpulse.udf.anomaly.VolumeDetector;
import dev.agentpulse.udf.outlook.AgentOutlook;
import dev.agentpulse.udf.outlook.ApprovalOutlook;
import dev.agentpulse.udf.outlook.DayForecast;
import dev.agentpulse.udf.outlook.QueryParts;
import dev.agentpulse.udf.outlook.SlotCalendar;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code agent_trend}, {@code agent_forecast} and {@code agent_quality} for one agent, and of {@code approval_forecast}
 * for all approvals, which are under a key of their own as in history.
 *
 * <p>Changes go in as they come, and what follows from the time closes by the time of their transactions, so the state is a
 * function of the log. Figures come out every 30 s of the log's time, those that differ, and the forecast when a slot of
 * 15 minutes has ended; of an agent that is small, all of them once in 15 minutes, so that many small ones cost little (see
 * {@link EvaluationTurns}). As in history, a row that is deleted long after its minute is somebody's retention at work, and
 * stays.
 *
 * <p>An agent of which the operator has no state begins with what history has of it, so a job that starts anew forecasts from
 * its first minute on. While history is still being read from the source tables it begins with its rows alone, and takes
 * the past in when that is there (see {@link OutlookPast}). Rows of a snapshot count from a whole slot on, at most an hour
 * back, and history up to there.
 *
 * <p>What is kept is kept by slots, hours and days of UTC; the reporting zone only says which of these slots are the same time.
 *
 * <table>
 * <caption>State of an agent, timers, late data</caption>
 * <tr><th>what</th><th>written when</th><th>cleared by</th></tr>
 * <tr><td>{@code outlook}: {@link AgentOutlook} or {@link ApprovalOutlook}, at most 30 kB, and the time</td><td>before a checkpoint, if the agent
 *     changed or was evaluated</td><td>two weeks and a day without a row; a day, if there were fewer than 100 in that time; of the
 *     queue never</td></tr>
 * <tr><td>{@code anomalies}: {@link AgentAnomalies}, at most 20 kB an agent</td><td>with it</td><td>with it; not while an
 *     incident is open</td></tr>
 * <tr><td>{@code outlook-emitted}: what was last emitted, for the same process</td><td>when the key leaves the heap</td>
 *     <td>with it</td></tr>
 * <tr><td>timer</td><td colspan="2">at the next whole half-minute, see {@link dev.agentpulse.job.tick.TickOperator}</td></tr>
 * <tr><td>late rows</td><td colspan="2">land in their minute, slot, hour and day; those older than two weeks and a day change
 *     no forecast</td></tr>
 * </table>
 */
public final class OutlookLogic implements TickLogic<HistoryChange, OutlookHeld> {

    private static final long serialVersionUID = 1L;

    static final long SLOT_MICROS = TimeUnit.MINUTES.toMicros(15);

    private final HistoryConfig config;
    private final long slaMicros;
    private final ZoneId zone;
    private final PastSlots past;

    private transient ValueState<byte[]> state;
    private transient ValueState<byte[]> anomalyState;
    private transient ValueState<Long> time;
    private transient ValueState<byte[]> emittedState;

    /** Tells what this process has written of {@link #emittedState}. */
    private transient long process;

    private transient SlotCalendar calendar;

    private transient OutlookPast history;

    /**
     * Reads nothing yet.
     *
     * @param slaMicros how long an approval may wait
     * @param zone by whose clocks days are compared; may be another one when the job goes on from a savepoint
     */
    public OutlookLogic(HistoryConfig config, long slaMicros, ZoneId zone, PastSlots past) {
        this.config = config;
        this.slaMicros = slaMicros;
        this.zone = zone;
        this.past = past;
    }

    @Override
    public void open(KeyedStateStore store, boolean sortedMaps) {
        state = store.getState(
                new ValueStateDescriptor<>("outlook", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        anomalyState = store.getState(
                new ValueStateDescriptor<>("anomalies", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        time = store.getState(new ValueStateDescriptor<>(WindowState.TIME_STATE, Types.LONG));
        emittedState = store.getState(
                new ValueStateDescriptor<>("outlook-emitted", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        process = ThreadLocalRandom.current().nextLong();
        calendar = new SlotCalendar(zone);
        history = new OutlookPast(past, slaMicros, calendar);
    }

    @Override
    public OutlookHeld create(String key) {
        return new OutlookHeld(key);
    }

    @Override
    public @Nullable OutlookHeld load(String key) throws Exception {
        Long restoredTime = time.value();
        byte[] bytes = state.value();
        if (restoredTime == null || bytes == null) {
            return null;
        }
        OutlookHeld held = create(key);
        held.timeMicros = restoredTime;
        if (held.table == HistoryTable.APPROVALS) {
            held.queue = ApprovalOutlook.decode(bytes, slaMicros, calendar);
        } else {
            held.agent = AgentOutlook.decode(bytes, calendar);
            held.anomalies = AgentAnomalies.decode(anomalyState.value());
        }
        byte[] emitted = emittedState.value();
        if (emitted != null) {
            held.readEmitted(emitted, process);
        }
        return held;
    }

    @Override
    public void apply(OutlookHeld held, HistoryChange change, TickOutput out) throws SQLException {
        if (change.table() != held.table || held.table == HistoryTable.TRAINING) {
            return; // A TRUNCATE comes to the keys of all tables.
        }
        held.timeMicros = change.timeMicros();
        if (change.truncate() && change.snapshot()) {
            held.agent = null;
            held.anomalies = null;
            held.queue = null;
        } else if (held.table == HistoryTable.APPROVALS) {
            applyToQueue(held, change);
        } else {
            applyToAgent(held, change, out);
        }
    }

    private void applyToAgent(OutlookHeld held, HistoryChange change, TickOutput out) throws SQLException {
        long now = change.timeMicros();
        AgentOutlook agent = held.agent;
        AgentAnomalies anomalies = held.anomalies;
        if (agent == null || anomalies == null) {
            if (change.truncate()) {
                return;
            }
            agent = history.fill(held, new AgentOutlook(firstSlot(change), calendar), now);
            anomalies = new AgentAnomalies(now);
            AgentPast.fill(anomalies, agent, agent.slots().open());
            held.agent = agent;
            held.anomalies = anomalies;
        }
        anomalies.advanceTo(now, AgentPast.of(agent), new AnomalyAlerts(held.key, now, out));
        agent.advanceTo(now, new QualityAlerts(held.key, now, out));
        if (change.truncate()) {
            agent.truncate();
            anomalies.clear();
            return;
        }
        QueryEvent before = change.queryBefore();
        if (before != null && !(change.deleted() && isPurge(before.timeMicros(), now))) {
            agent.add(before.timeMicros(), QueryParts.of(before, -1));
            anomalies.add(AgentPast.query(before), -1);
        }
        QueryEvent after = change.queryAfter();
        if (after != null && (!change.snapshot() || after.timeMicros() >= agent.rowsFromMicros())) {
            agent.add(after.timeMicros(), QueryParts.of(after, 1));
            anomalies.add(AgentPast.query(after), 1);
        }
    }

    private void applyToQueue(OutlookHeld held, HistoryChange change) throws SQLException {
        long now = change.timeMicros();
        ApprovalOutlook queue = held.queue;
        if (queue == null) {
            if (change.truncate()) {
                return;
            }
            queue = new ApprovalOutlook(firstSlot(change), slaMicros, calendar);
            held.queue = history.fill(held, queue, now);
            queue = held.queue;
        }
        queue.advanceTo(now);
        if (change.truncate()) {
            queue.truncate();
            return;
        }
        ApprovalImage before = change.approvalBefore();
        if (before != null) {
            // What retention deletes is taken from what waits, and stays in what was requested.
            if (!change.deleted() || !isPurge(before.createdAtMicros(), now)) {
                queue.add(approval(before), -1);
            } else if (before.isPending()) {
                queue.addWaiting(before.createdAtMicros(), -1);
            }
        }
        ApprovalImage after = change.approvalAfter();
        if (after != null) {
            if (!change.snapshot() || after.createdAtMicros() >= queue.rowsFromMicros()) {
                queue.add(approval(after), 1);
            } else if (after.isPending()) {
                queue.addWaiting(after.createdAtMicros(), 1);
            }
        }
    }

    private static ApprovalOutlook.Approval approval(ApprovalImage row) {
        return new ApprovalOutlook.Approval(
                row.createdAtMicros(), row.isPending() ? null : row.decidedAtMicros(), row.approver());
    }

    /** The first of which every row comes: of a snapshot, a whole one. */
    private long firstSlot(HistoryChange change) {
        long now = change.timeMicros();
        return AgentOutlook.slotOf(change.snapshot() ? now - config.reachMicros() + SLOT_MICROS - 1 : now);
    }

    /** As in history: by the end of the row's minute. */
    private boolean isPurge(long createdMicros, long transactionMicros) {
        return HistoryBucket.MINUTE.endOf(createdMicros) <= transactionMicros - config.correctDeletesMicros();
    }

    @Override
    public long tick(OutlookHeld held, long asOfMicros, TickOutput out) throws SQLException {
        AgentOutlook agent = held.agent;
        ApprovalOutlook queue = held.queue;
        if (agent == null && queue == null) {
            return Long.MAX_VALUE;
        }
        held.timeMicros = asOfMicros;
        boolean due = asOfMicros >= held.evaluateAtMicros;
        if (due) {
            held.evaluateAtMicros = EvaluationTurns.next(held, asOfMicros);
        }
        AgentAnomalies anomalies = held.anomalies;
        if (agent != null && anomalies != null) {
            anomalies.advanceTo(asOfMicros, AgentPast.of(agent), new AnomalyAlerts(held.key, asOfMicros, out));
            agent.advanceTo(asOfMicros, new QualityAlerts(held.key, asOfMicros, out));
            AgentOutlook filled = due || held.waitsForPast ? history.fill(held, agent, asOfMicros) : agent;
            if (filled != agent) {
                agent = filled;
                held.agent = agent;
                anomalies.learnAgain();
                AgentPast.fill(anomalies, agent, AgentOutlook.slotOf(agent.rowsFromMicros()));
                due = true;
            }
            if (due) {
                evaluate(held, agent, anomalies.volume(), asOfMicros, out);
            }
        }
        if (queue != null) {
            queue.advanceTo(asOfMicros);
            if (due || held.waitsForPast) {
                queue = history.fill(held, queue, asOfMicros);
                held.queue = queue;
                evaluate(held, queue, asOfMicros, out);
            }
        }
        if (due) {
            past.rest();
        }
        return held.waitsForPast ? asOfMicros + 1 : held.evaluateAtMicros;
    }

    private static void evaluate(OutlookHeld held, ApprovalOutlook queue, long asOfMicros, TickOutput out) {
        DayForecast requests = queue.forecast(ApprovalOutlook.Measure.REQUESTED);
        OutlookRow.Queue figures = OutlookFigures.queue(queue.queue(requests));
        boolean closed = queue.slots().open() != held.forecastSlot;
        if (!closed && figures.equals(held.emittedQueue)) {
            return;
        }
        held.forecastSlot = queue.slots().open();
        held.emittedQueue = figures;
        String name = held.table.subjectOf(held.key);
        if (closed) {
            OutlookRow.Forecast forecast = OutlookFigures.forecast(requests, null);
            out.emit(TickRecord.of(OutlookRow.of(OutlookRow.Kind.REQUESTED, name, asOfMicros, forecast)));
        }
        OutlookRow.Forecast waiting = OutlookFigures.forecast(queue.forecast(ApprovalOutlook.Measure.PENDING), figures);
        out.emit(TickRecord.of(OutlookRow.of(OutlookRow.Kind.PENDING, name, asOfMicros, waiting)));
    }

    private static void evaluate(
            OutlookHeld held,
            AgentOutlook agent,
            VolumeDetector.@Nullable Found volume,
            long asOfMicros,
            TickOutput out) {
        OutlookRow.Trend trend = OutlookFigures.trend(agent, volume);
        String trendText = trend.toString();
        if (!trendText.equals(held.trend)) {
            held.trend = trendText;
            out.emit(TickRecord.of(OutlookRow.of(held.key, asOfMicros, trend)));
        }
        OutlookRow.Quality quality = OutlookFigures.quality(agent);
        String qualityText = String.valueOf(quality);
        if (quality != null && !qualityText.equals(held.quality)) {
            held.quality = qualityText;
            out.emit(TickRecord.of(OutlookRow.of(held.key, asOfMicros, quality)));
        }
        if (agent.slots().open() != held.forecastSlot) {
            held.forecastSlot = agent.slots().open();
            for (AgentOutlook.Measure measure : AgentOutlook.Measure.values()) {
                OutlookRow.Kind kind =
                        switch (measure) {
                            case QUERY_COUNT -> OutlookRow.Kind.QUERY_COUNT;
                            case CONCURRENCY -> OutlookRow.Kind.CONCURRENCY;
                        };
                OutlookRow.Forecast forecast = OutlookFigures.forecast(agent.forecast(measure), null);
                out.emit(TickRecord.of(OutlookRow.of(kind, held.key, asOfMicros, forecast)));
            }
        }
    }

    @Override
    public void store(OutlookHeld held) throws Exception {
        AgentOutlook agent = held.agent;
        ApprovalOutlook queue = held.queue;
        if (agent == null && queue == null) {
            clear();
            return;
        }
        time.update(held.timeMicros);
        state.update(queue == null ? Objects.requireNonNull(agent).encode() : queue.encode());
        if (held.anomalies != null) {
            anomalyState.update(held.anomalies.encode());
        }
    }

    @Override
    public void leave(OutlookHeld held) throws Exception {
        emittedState.update(held.writeEmitted(process));
    }

    @Override
    public int heapBytes(OutlookHeld held) {
        return held.heapBytes();
    }

    @Override
    public long ownHeapBytes() {
        return TickLogic.percentOfHeap(20);
    }

    @Override
    public boolean isDisposable(OutlookHeld held) {
        AgentOutlook agent = held.agent;
        AgentAnomalies anomalies = held.anomalies;
        return held.queue == null
                && (agent == null || (agent.isForgettable() && (anomalies == null || !anomalies.isOpen())));
    }

    @Override
    public void clear() {
        state.clear();
        anomalyState.clear();
        time.clear();
        emittedState.clear();
    }

    @Override
    public void close() {
        past.close();
    }
}
