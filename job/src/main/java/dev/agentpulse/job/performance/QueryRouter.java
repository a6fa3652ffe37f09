package dev.agentpulse.job.performance;

import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.SourceTable;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Splits the change of a query into what each agent sees of it. */
public final class QueryRouter implements FlatMapFunction<Change, QueryChange> {

    private static final long serialVersionUID = 1L;

    private final String[] truncateKeys;

    /** @param truncateKeys keys that together reach every subtask */
    public QueryRouter(String[] truncateKeys) {
        this.truncateKeys = truncateKeys.clone();
    }

    @Override
    public void flatMap(Change change, Collector<QueryChange> out) {
        if (change.table() != SourceTable.QUERIES) {
            return;
        }
        if (change.truncate()) {
            for (String key : truncateKeys) {
                out.collect(new QueryChange(key, change.position(), true, null, null));
            }
            return;
        }
        QueryRow before = change.queryBefore();
        QueryRow after = change.queryAfter();
        if (before != null && after != null && before.agent().equals(after.agent())) {
            out.collect(new QueryChange(after.agent(), change.position(), false, before, after));
            return;
        }
        if (before != null) {
            out.collect(new QueryChange(before.agent(), change.position(), false, before, null));
        }
        if (after != null) {
            out.collect(new QueryChange(after.agent(), change.position(), false, null, after));
        }
    }
}
