package dev.agentpulse.job.approval;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.ApprovalActivityRow;
import dev.agentpulse.job.model.ApprovalQueueRow;
import dev.agentpulse.udf.aggregate.ApprovalEvent;
import dev.agentpulse.udf.aggregate.ApprovalSlice;
import dev.agentpulse.udf.aggregate.ApprovalWindow;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the queue holds on the heap. */
final class QueueHeld {

    static final long ONE_MINUTE = 60_000_000L;
    static final long FIVE_MINUTES = 5 * ONE_MINUTE;
    static final long FIFTEEN_MINUTES = 15 * ONE_MINUTE;

    final PendingQueue pending;
    final SlidingWindows<ApprovalEvent, ApprovalSlice, ApprovalWindow> windows;
    final @Nullable ApprovalActivityRow[] sent;

    @Nullable
    ApprovalQueueRow sentQueue;

    /** Ids whose durable image is out of date. */
    final Set<String> changedIds = new HashSet<>();

    boolean touched;

    QueueHeld(WindowConfig config, AlertConfig alerts) {
        pending = new PendingQueue(ONE_MINUTE, FIVE_MINUTES, FIFTEEN_MINUTES, alerts.slaThresholdMicros());
        windows = new SlidingWindows<>(
                config.spec(), ApprovalSlice::new, () -> new ApprovalWindow(alerts.slaThresholdMicros()));
        sent = new ApprovalActivityRow[config.count()];
    }
}
