package dev.agentpulse.job.source;

import dev.agentpulse.job.model.Change;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Picks the changes that are merged by row, those of the snapshot and of the catch-up (without a snapshot: all), and
 * says which row each concerns. A TRUNCATE goes to each subtask.
 */
public final class RowRouter implements FlatMapFunction<Change, RowChange> {

    private static final long serialVersionUID = 1L;

    private final boolean all;
    private final String[] truncateKeys;

    /** @param truncateKeys keys that together reach every subtask */
    public RowRouter(boolean all, String[] truncateKeys) {
        this.all = all;
        this.truncateKeys = truncateKeys.clone();
    }

    @Override
    public void flatMap(Change change, Collector<RowChange> out) {
        if (!all && change.phase().isStream()) {
            return;
        }
        if (change.truncate()) {
            for (String key : truncateKeys) {
                out.collect(new RowChange(key, change));
            }
        } else {
            out.collect(new RowChange(BaselineFunction.key(change), change));
        }
    }
}
