package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.AgentHealthRow;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * Counts the rows of a key, in the {@code lastQueryAt} of a health row. After a tick with at least one row it asks to be
 * called a fixed time later.
 */
final class CountingLogic implements TickLogic<QueryChange, CountingLogic.Count> {

    private static final long serialVersionUID = 1L;

    static final long DUE_AFTER = 1000;

    /** Keys as they were stored, in order. Not transient on purpose: harness and logic are in one JVM. */
    final List<String> stored = new ArrayList<>();

    /** Keys that are on the heap. */
    final Set<Count> onHeap = new HashSet<>();

    private transient ValueState<Long> state;

    /** The key that was worked on last. */
    private transient @Nullable Count current;

    static final class Count {
        final String key;
        long rows;
        long due = Long.MAX_VALUE;

        Count(String key) {
            this.key = key;
        }
    }

    @Override
    public void open(KeyedStateStore store, boolean sortedMaps) {
        onHeap.clear();
        state = store.getState(new ValueStateDescriptor<>(WindowState.TIME_STATE, Types.LONG));
    }

    @Override
    public Count create(String key) {
        Count count = new Count(key);
        onHeap.add(count);
        return count;
    }

    @Override
    public @Nullable Count load(String key) throws Exception {
        Long rows = state.value();
        if (rows == null) {
            return null;
        }
        Count count = create(key);
        count.rows = rows;
        return count;
    }

    @Override
    public void apply(Count held, QueryChange change, TickOutput out) {
        current = held;
        if (change.truncate()) {
            held.rows = 0;
        }
        if (change.before() != null) {
            if (held.rows == 0) {
                out.countUnmatchedRetraction();
            } else {
                held.rows--;
            }
        }
        held.rows += change.after() == null ? 0 : 1;
    }

    @Override
    public long tick(Count held, long asOfMicros, TickOutput out) {
        current = held;
        out.emit(TickRecord.of(new AgentHealthRow(held.key, "idle", asOfMicros, true, null, held.rows)));
        return asOfMicros + DUE_AFTER;
    }

    @Override
    public void store(Count held) throws Exception {
        stored.add(held.key);
        state.update(held.rows);
    }

    @Override
    public void leave(Count held) {
        onHeap.remove(held);
    }

    @Override
    public int heapBytes(Count held) {
        return 1;
    }

    @Override
    public boolean isDisposable(Count held) {
        return held.rows == 0;
    }

    @Override
    public void clear() {
        onHeap.remove(current);
        state.clear();
    }
}
