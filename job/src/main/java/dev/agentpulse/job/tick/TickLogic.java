package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.KeyedChange;
import dev.agentpulse.job.model.TickRecord;
import java.io.Serializable;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * What {@link TickOperator} does with the changes of one key. All methods run with that key as Flink's current key.
 *
 * @param <C> a change as the key sees it
 * @param <T> what a key holds on the heap while it is active
 */
public interface TickLogic<C extends KeyedChange, T> extends Serializable {

    /**
     * Declares the state.
     *
     * @param sortedMaps whether a map state gives its entries in the order of their serialized keys, as RocksDB does
     */
    void open(KeyedStateStore state, boolean sortedMaps);

    /** What a key holds that has no state. */
    T create(String key);

    /** What a key holds, read from its state; null if it has none. */
    @Nullable
    T load(String key) throws Exception;

    /**
     * What an operator emits at its first tick if it began without state, once for each subtask; null for nothing. It may
     * do so again after a failure.
     */
    default @Nullable TickRecord beginning() {
        return null;
    }

    /**
     * Hands a change on, to operators that are chained behind this one: called once for each change, before it is applied.
     * Changes that are handed on cross the network once for all of them.
     */
    default void handOn(C change, TickOutput out) {}

    /** The table was emptied: called once for each subtask, before {@link #apply} for each of its keys. */
    default void truncated(C change, TickOutput out) {}

    /** Applies one change; {@code change.timeMicros()} never goes back from one call to the next. */
    void apply(T held, C change, TickOutput out) throws Exception;

    /**
     * Emits what is new as of a tick.
     *
     * @return when time alone will next change something, in microseconds; {@link Long#MAX_VALUE} for never
     */
    long tick(T held, long asOfMicros, TickOutput out) throws Exception;

    /** Writes to state what has changed since it was last written. */
    void store(T held) throws Exception;

    /**
     * The key leaves the heap, and its state is written. What else it needs to go on as if it had stayed may be written here;
     * after a restore it is not needed.
     */
    default void leave(T held) throws Exception {}

    /** About how much of the heap a key takes. Asked after every change, so it must cost next to nothing. */
    default int heapBytes(T held) {
        return 2_000;
    }

    /** How much the keys of the operator may take in any case, its subtasks together. */
    default long ownHeapBytes() {
        return percentOfHeap(5);
    }

    /** How much the keys of all operators of a process may take, see {@link HeapRoom}. Beyond, keys live in state. */
    default long allHeapBytes() {
        return percentOfHeap(60);
    }

    /** A part of what this process may use. */
    static long percentOfHeap(int percent) {
        return Runtime.getRuntime().maxMemory() / 100 * percent;
    }

    /** Whether the key holds nothing that later changes or time could need. */
    boolean isDisposable(T held);

    /** Clears the key's state. */
    void clear() throws Exception;

    /** The task ends, or fails. */
    default void close() {}
}
