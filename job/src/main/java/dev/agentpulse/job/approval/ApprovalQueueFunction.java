package dev.agentpulse.job.approval;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.ApprovalActivityRow;
import dev.agentpulse.job.model.ApprovalChange;
import dev.agentpulse.job.model.ApprovalQueueRow;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickFunction;
import dev.agentpulse.job.tick.WindowState;
import dev.agentpulse.udf.aggregate.ApprovalEvent;
import dev.agentpulse.udf.aggregate.ApprovalSlice;
import dev.agentpulse.udf.aggregate.ApprovalWindow;
import dev.agentpulse.udf.aggregate.Rounding;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.util.Collector;

/**
 * Rows of {@code approval_queue} and {@code approval_activity}, from all approvals under one key.
 *
 * <p>A row is in the queue while it is pending. In the windows it is once by the time it was created, and once more by
 * the time it was decided, with the status it has now; an update takes both out and puts both in again.
 *
 * <p><b>State:</b> see {@link TickFunction} and {@link WindowState}; besides, one entry for each pending row, cleared
 * when it is decided or deleted. <b>Timers:</b> at every slide while something is pending, because ages move.
 */
public final class ApprovalQueueFunction extends TickFunction<ApprovalChange, QueueHeld, TickRecord> {

    private static final long serialVersionUID = 1L;

    private final WindowConfig config;
    private final AlertConfig alerts;

    private transient WindowState<ApprovalEvent, ApprovalSlice, ApprovalWindow> windowState;
    private transient MapState<String, PendingApproval> pendingState;

    public ApprovalQueueFunction(WindowConfig config, AlertConfig alerts) {
        super(ApprovalChange.class);
        this.config = config;
        this.alerts = alerts;
    }

    @Override
    public void open(OpenContext openContext) throws Exception {
        super.open(openContext);
        windowState = new WindowState<>(
                getRuntimeContext(),
                ApprovalEvent.class,
                ApprovalSlice::decode,
                events -> events.toArray(ApprovalEvent[]::new));
        pendingState = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "pending-approvals", Types.STRING, TypeInformation.of(PendingApproval.class)));
    }

    @Override
    protected QueueHeld load(String queue) throws Exception {
        QueueHeld held = new QueueHeld(config, alerts);
        windowState.load(held.windows);
        held.pending.advanceTo(held.windows.timeMicros());
        for (PendingApproval row : pendingState.values()) {
            held.pending.put(row);
        }
        return held;
    }

    @Override
    protected void apply(QueueHeld held, ApprovalChange change, Context context, Collector<TickRecord> out)
            throws Exception {
        held.windows.advanceTo(change.position().timeMicros(), step -> {});
        held.touched = true;
        if (change.truncate()) {
            held.windows.clear();
            held.pending.clear();
            held.changedIds.clear();
            pendingState.clear();
            return;
        }
        ApprovalRow before = change.before();
        ApprovalRow after = change.after();
        if (before != null) {
            forEachEvent(before, held.windows::retract);
            held.pending.remove(before.id());
            held.changedIds.add(before.id());
        }
        if (after != null) {
            forEachEvent(after, held.windows::insert);
            if (after.isPending()) {
                held.pending.put(new PendingApproval(after.id(), after.conversationId(), after.createdAtMicros()));
            }
            held.changedIds.add(after.id());
        }
    }

    private static void forEachEvent(ApprovalRow row, Consumer<ApprovalEvent> consumer) {
        consumer.accept(new ApprovalEvent(row.createdAtMicros(), ApprovalEvent.Kind.REQUESTED, 0));
        if (row.status().isDecided()) {
            long decidedAt = Objects.requireNonNull(row.updatedAtMicros());
            ApprovalEvent.Kind kind =
                    switch (row.status()) {
                        case APPROVED -> ApprovalEvent.Kind.APPROVED;
                        case REJECTED -> ApprovalEvent.Kind.REJECTED;
                        case EXPIRED -> ApprovalEvent.Kind.EXPIRED;
                        case PENDING -> throw new IllegalStateException("pending is no decision");
                    };
            consumer.accept(new ApprovalEvent(decidedAt, kind, decidedAt - row.createdAtMicros()));
        }
    }

    @Override
    protected long tick(QueueHeld held, long asOfMicros, Context context, Collector<TickRecord> out) {
        held.windows.advanceTo(asOfMicros, step -> {});
        held.pending.advanceTo(asOfMicros);
        for (int i = 0; i < config.count(); i++) {
            ApprovalActivityRow row = activityRow(held, i, asOfMicros);
            if (held.touched || !row.sameFigures(held.sent[i])) {
                held.sent[i] = row;
                out.collect(TickRecord.of(row));
            }
        }
        ApprovalQueueRow sent = held.sentQueue;
        boolean slid = sent == null || slide(sent.asOfMicros()) != slide(asOfMicros);
        if (held.touched || sent == null || (slid && (held.pending.size() > 0 || sent.pendingCount() > 0))) {
            held.sentQueue = queueRow(held.pending, asOfMicros);
            out.collect(TickRecord.of(held.sentQueue));
        }
        held.touched = false;
        long nextSlide = held.pending.size() > 0 ? (slide(asOfMicros) + 1) * config.slideMicros() : Long.MAX_VALUE;
        return Math.min(held.windows.nextStepMicros(), Math.min(nextSlide, held.pending.nextArrivalMicros()));
    }

    private long slide(long micros) {
        return Math.floorDiv(micros, config.slideMicros());
    }

    private ApprovalQueueRow queueRow(PendingQueue pending, long asOfMicros) {
        long all = pending.size();
        long from1m = pending.countFrom(QueueHeld.ONE_MINUTE);
        long from5m = pending.countFrom(QueueHeld.FIVE_MINUTES);
        long from15m = pending.countFrom(QueueHeld.FIFTEEN_MINUTES);
        long breached = pending.countFrom(alerts.slaThresholdMicros());
        PendingApproval oldest = pending.oldest();
        return new ApprovalQueueRow(
                ApprovalRouter.ALL,
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
                oldest == null ? null : oldest.id(),
                oldest == null ? null : oldest.conversationId(),
                oldest == null ? null : oldest.createdAtMicros(),
                asOfMicros);
    }

    private ApprovalActivityRow activityRow(QueueHeld held, int index, long asOfMicros) {
        ApprovalWindow window = held.windows.window(index);
        long decided = window.decidedCount();
        return new ApprovalActivityRow(
                config.names().get(index),
                held.windows.windowStart(index),
                asOfMicros,
                window.requestedCount(),
                window.approvedCount(),
                window.rejectedCount(),
                window.expiredCount(),
                decided,
                window.approvalRate(),
                window.averageResolutionSeconds(),
                window.resolutionPercentileSeconds(50),
                window.resolutionPercentileSeconds(95),
                window.withinSlaCount(),
                window.slaCompliance());
    }

    @Override
    protected void store(QueueHeld held) throws Exception {
        windowState.store(held.windows);
        for (String id : held.changedIds) {
            PendingApproval row = held.pending.get(id);
            if (row == null) {
                pendingState.remove(id);
            } else {
                pendingState.put(id, row);
            }
        }
        held.changedIds.clear();
    }

    @Override
    protected boolean isDisposable(QueueHeld held) {
        return held.windows.isEmpty() && held.pending.isEmpty();
    }

    @Override
    protected void clear() {
        windowState.clear();
        pendingState.clear();
    }
}
