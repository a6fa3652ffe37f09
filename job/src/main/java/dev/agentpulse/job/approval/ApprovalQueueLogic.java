package dev.agentpulse.job.approval;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.ApprovalActivityRow;
import dev.agentpulse.job.model.ApprovalChange;
import dev.agentpulse.job.model.ApprovalImage;
import dev.agentpulse.job.model.ApprovalQueueRow;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.KeyWindows;
import dev.agentpulse.job.tick.TickLogic;
import dev.agentpulse.job.tick.TickOutput;
import dev.agentpulse.job.tick.WindowState;
import dev.agentpulse.udf.aggregate.ApprovalEvent;
import dev.agentpulse.udf.aggregate.ApprovalSlice;
import dev.agentpulse.udf.aggregate.ApprovalWindow;
import dev.agentpulse.udf.aggregate.Rounding;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code approval_queue} and {@code approval_activity}, from all approvals under one key.
 *
 * <p>A row is in the queue while it is pending. In the windows it is once by the time it was created, and once more by
 * the time it was decided, with the status it has now; an update takes both out and puts both in again.
 *
 * <table>
 * <caption>State of the queue, timers, late data</caption>
 * <tr><th>what</th><th>written when</th><th>cleared by</th></tr>
 * <tr><td>{@link WindowState}</td><td>before a checkpoint, what changed</td><td>the tick at which no window holds a row,
 *     none waits for its time, and none is pending</td></tr>
 * <tr><td>{@code pending-approvals}, an entry a pending row</td><td>at once</td><td>the row's decision or deletion,
 *     TRUNCATE. A row that is never decided and never deleted stays, as it does in the source table.</td></tr>
 * <tr><td>timer</td><td colspan="2">when time alone next changes a window; every slide while something is pending,
 *     because ages move</td></tr>
 * <tr><td>late rows</td><td colspan="2">land in their slice; rows older than the longest window are in the queue
 *     only</td></tr>
 * </table>
 */
public final class ApprovalQueueLogic implements TickLogic<ApprovalChange, QueueHeld> {

    private static final long serialVersionUID = 1L;

    private static final long ONE_MINUTE = 60_000_000L;
    private static final long FIVE_MINUTES = 5 * ONE_MINUTE;
    private static final long FIFTEEN_MINUTES = 15 * ONE_MINUTE;

    private final WindowConfig config;
    private final AlertConfig alerts;

    private transient WindowState<ApprovalEvent, ApprovalSlice, ApprovalWindow> windowState;
    private transient MapState<PendingKey, String> pendingState;
    private transient boolean sortedMaps;

    public ApprovalQueueLogic(WindowConfig config, AlertConfig alerts) {
        this.config = config;
        this.alerts = alerts;
    }

    @Override
    public void open(KeyedStateStore state, boolean sortedMaps) {
        this.sortedMaps = sortedMaps;
        windowState = new WindowState<>(
                state, ApprovalEvent.class, ApprovalSlice::decode, events -> events.toArray(ApprovalEvent[]::new));
        pendingState = state.getMapState(new MapStateDescriptor<>(
                "pending-approvals", PendingKeySerializer.INSTANCE, StringSerializer.INSTANCE));
    }

    @Override
    public QueueHeld create(String queue) {
        return new QueueHeld(
                queue,
                new PendingApprovals(pendingState, sortedMaps),
                new KeyWindows<>(
                        new SlidingWindows<>(
                                config.spec(),
                                ApprovalSlice::new,
                                () -> new ApprovalWindow(alerts.slaThresholdMicros())),
                        config.names()));
    }

    @Override
    public @Nullable QueueHeld load(String queue) throws Exception {
        QueueHeld held = create(queue);
        if (!windowState.load(held.sliding())) {
            return null;
        }
        held.pending.load();
        return held;
    }

    @Override
    public void apply(QueueHeld held, ApprovalChange change, TickOutput out) throws Exception {
        held.sliding().advanceTo(change.timeMicros(), step -> {});
        held.windows.touch();
        if (change.truncate()) {
            held.sliding().clear();
            held.pending.clear();
        }
        ApprovalImage before = change.before();
        if (before != null) {
            forEachEvent(before, event -> held.windows.retract(event, out));
            if (before.isPending() && !held.pending.remove(key(before))) {
                out.countUnmatchedRetraction();
            }
        }
        ApprovalImage after = change.after();
        if (after != null) {
            forEachEvent(after, held.sliding()::insert);
            if (after.isPending()) {
                held.pending.add(key(after), after.conversationId());
            }
        }
    }

    private static PendingKey key(ApprovalImage row) {
        return new PendingKey(row.createdAtMicros(), row.id());
    }

    private static void forEachEvent(ApprovalImage row, Consumer<ApprovalEvent> consumer) {
        consumer.accept(row.requested());
        ApprovalEvent decision = row.decided();
        if (decision != null) {
            consumer.accept(decision);
        }
    }

    @Override
    public long tick(QueueHeld held, long asOfMicros, TickOutput out) throws Exception {
        SlidingWindows<ApprovalEvent, ApprovalSlice, ApprovalWindow> windows = held.sliding();
        windows.advanceTo(asOfMicros, step -> {});
        held.pending.advanceTo(asOfMicros);
        int pending = held.pending.size();
        ApprovalQueueRow emitted = held.emittedQueue;
        boolean slid = emitted == null || slide(emitted.asOfMicros()) != slide(asOfMicros);
        if (held.windows.isTouched()
                || emitted == null
                || (slid && (pending > 0 || emitted.figures().pendingCount() > 0))) {
            held.emittedQueue = new ApprovalQueueRow(held.queue, figures(held.pending), asOfMicros);
            out.emit(TickRecord.of(held.emittedQueue));
        }
        held.windows.emitRows(
                asOfMicros,
                window -> figures(windows.window(window)),
                (edges, figures) -> TickRecord.of(new ApprovalActivityRow(edges, figures)),
                out);
        long nextSlide = pending > 0 ? (slide(asOfMicros) + 1) * config.slideMicros() : Long.MAX_VALUE;
        return Math.min(windows.nextStepMicros(), Math.min(nextSlide, held.pending.nextArrivalMicros()));
    }

    private long slide(long micros) {
        return Math.floorDiv(micros, config.slideMicros());
    }

    private ApprovalQueueRow.Figures figures(PendingApprovals pending) throws Exception {
        long all = pending.size();
        long from1m = pending.countFrom(ONE_MINUTE);
        long from5m = pending.countFrom(FIVE_MINUTES);
        long from15m = pending.countFrom(FIFTEEN_MINUTES);
        long breached = pending.countFrom(alerts.slaThresholdMicros());
        Map.Entry<PendingKey, @Nullable String> oldest = pending.oldest();
        return new ApprovalQueueRow.Figures(
                all,
                breached,
                Rounding.percent(breached, all),
                pending.averageAgeSeconds(),
                pending.minAgeSeconds(),
                pending.maxAgeSeconds(),
                all - from1m,
                from1m - from5m,
                from5m - from15m,
                from15m,
                oldest == null ? null : oldest.getKey().id(),
                oldest == null ? null : oldest.getValue(),
                oldest == null ? null : oldest.getKey().createdAtMicros());
    }

    private static ApprovalActivityRow.Figures figures(ApprovalWindow window) {
        return new ApprovalActivityRow.Figures(
                window.requestedCount(),
                window.approvedCount(),
                window.rejectedCount(),
                window.expiredCount(),
                window.decidedCount(),
                window.approvalRate(),
                window.averageResolutionSeconds(),
                window.resolutionPercentileSeconds(50),
                window.resolutionPercentileSeconds(95),
                window.withinSlaCount(),
                window.slaCompliance());
    }

    @Override
    public void store(QueueHeld held) throws Exception {
        windowState.store(held.sliding());
    }

    @Override
    public boolean isDisposable(QueueHeld held) {
        return held.sliding().isEmpty() && held.pending.isEmpty();
    }

    @Override
    public void clear() {
        windowState.clear();
        pendingState.clear();
    }
}
