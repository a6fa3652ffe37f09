package dev.agentpulse.job.approval;

import dev.agentpulse.job.model.ApprovalChange;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.SourceTable;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Changes of approvals, keyed for the queue (one key for all) or for the SLA clock (a key an approval). */
public final class ApprovalRouter implements FlatMapFunction<Change, ApprovalChange> {

    private static final long serialVersionUID = 1L;

    /** The one queue there is for now. */
    static final String ALL = "all";

    private final boolean byId;
    private final String[] truncateKeys;

    private ApprovalRouter(boolean byId, String[] truncateKeys) {
        this.byId = byId;
        this.truncateKeys = truncateKeys.clone();
    }

    public static ApprovalRouter toQueue() {
        return new ApprovalRouter(false, new String[] {ALL});
    }

    /**
     * Keyed by approval.
     *
     * @param truncateKeys keys that together reach every subtask
     */
    public static ApprovalRouter toSlaClocks(String[] truncateKeys) {
        return new ApprovalRouter(true, truncateKeys);
    }

    @Override
    public void flatMap(Change change, Collector<ApprovalChange> out) {
        if (change.table() != SourceTable.APPROVALS) {
            return;
        }
        boolean snapshot = change.phase() == ReadPhase.SNAPSHOT;
        if (change.truncate()) {
            for (String key : truncateKeys) {
                out.collect(new ApprovalChange(key, change.position(), true, snapshot, null, null));
            }
        } else if (!change.isEmpty()) {
            out.collect(new ApprovalChange(
                    byId ? change.rowId() : ALL,
                    change.position(),
                    false,
                    snapshot,
                    change.approvalBefore(),
                    change.approvalAfter()));
        }
    }
}
