package dev.agentpulse.job.approval;

import dev.agentpulse.job.model.ApprovalActivityRow;
import dev.agentpulse.job.model.ApprovalQueueRow;
import dev.agentpulse.job.tick.KeyWindows;
import dev.agentpulse.udf.aggregate.ApprovalEvent;
import dev.agentpulse.udf.aggregate.ApprovalSlice;
import dev.agentpulse.udf.aggregate.ApprovalWindow;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import org.jspecify.annotations.Nullable;

/** What the queue holds on the heap. */
final class QueueHeld {

    final String queue;
    final PendingApprovals pending;
    final KeyWindows<ApprovalEvent, ApprovalSlice, ApprovalWindow, ApprovalActivityRow.Figures> windows;

    @Nullable
    ApprovalQueueRow emittedQueue;

    QueueHeld(
            String queue,
            PendingApprovals pending,
            KeyWindows<ApprovalEvent, ApprovalSlice, ApprovalWindow, ApprovalActivityRow.Figures> windows) {
        this.queue = queue;
        this.pending = pending;
        this.windows = windows;
    }

    SlidingWindows<ApprovalEvent, ApprovalSlice, ApprovalWindow> sliding() {
        return windows.sliding();
    }
}
