package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.KeyedChange;
import dev.agentpulse.job.model.TickRecord;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * A logic whose keys have little room on the heap, because others have taken all of it but {@code own} bytes.
 *
 * @param <C> a change as the key sees it
 * @param <T> what a key holds
 */
public record SmallHeap<C extends KeyedChange, T>(TickLogic<C, T> logic, long own) implements TickLogic<C, T> {

    @Override
    public long ownHeapBytes() {
        return own;
    }

    @Override
    public long allHeapBytes() {
        return 0;
    }

    @Override
    public int heapBytes(T held) {
        return logic.heapBytes(held);
    }

    @Override
    public void open(KeyedStateStore state, boolean sortedMaps) {
        logic.open(state, sortedMaps);
    }

    @Override
    public T create(String key) {
        return logic.create(key);
    }

    @Override
    public @Nullable T load(String key) throws Exception {
        return logic.load(key);
    }

    @Override
    public @Nullable TickRecord beginning() {
        return logic.beginning();
    }

    @Override
    public void handOn(C change, TickOutput out) {
        logic.handOn(change, out);
    }

    @Override
    public void truncated(C change, TickOutput out) {
        logic.truncated(change, out);
    }

    @Override
    public void apply(T held, C change, TickOutput out) throws Exception {
        logic.apply(held, change, out);
    }

    @Override
    public long tick(T held, long asOfMicros, TickOutput out) throws Exception {
        return logic.tick(held, asOfMicros, out);
    }

    @Override
    public void store(T held) throws Exception {
        logic.store(held);
    }

    @Override
    public void leave(T held) throws Exception {
        logic.leave(held);
    }

    @Override
    public boolean isDisposable(T held) {
        return logic.isDisposable(held);
    }

    @Override
    public void clear() throws Exception {
        logic.clear();
    }

    @Override
    public void close() {
        logic.close();
    }
}
