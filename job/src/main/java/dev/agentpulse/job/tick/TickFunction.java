package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.KeyedChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * A keyed operator that works by ticks. A change waits in state until the watermark, which is the tick; then the key's
 * changes are applied in the order of the log, and the key says what is new.
 *
 * <p>Waiting gives two things: a tick never shows half a transaction, and changes that came by two roads (directly, and
 * through the baseline) are in order again.
 *
 * <p>What a key holds lives on the heap while the key is active, and so do its waiting changes; {@link TickOperator}
 * writes to state what has changed since the last checkpoint, before it makes the next one. So the work on state grows
 * with the keys that changed, not with the changes. <b>State:</b> the waiting changes, cleared by the first checkpoint
 * behind their tick; what {@link #store} writes, cleared by {@link #clear} once {@link #isDisposable} says so.
 * <b>Timers:</b> one for the next tick after a change, and one for the next moment at which time alone changes something.
 * <b>Late data:</b> none; a change is always ahead of the watermark that covers it, whatever the event time of its row.
 *
 * @param <C> a change as the key sees it
 * @param <T> what a key holds
 * @param <O> what goes to the tick writer
 */
public abstract class TickFunction<C extends KeyedChange, T, O> extends KeyedProcessFunction<String, C, O> {

    private static final long serialVersionUID = 1L;

    /**
     * Changes of one key that may wait; beyond, they are applied before their tick, and nothing is said until the tick.
     * It bounds what a bulk load or a snapshot takes of the heap.
     */
    private static final int MAX_WAITING = 4096;

    static final String WAITING_STATE = "waiting-changes";

    private final Class<C> changeType;

    private transient ListState<C> waitingState;
    private transient Map<String, Active<C, T>> active;
    private transient boolean truncatePending;

    protected TickFunction(Class<C> changeType) {
        this.changeType = changeType;
    }

    /** A key on the heap. */
    private static final class Active<C, T> {
        final T held;
        List<C> waiting;
        boolean waitingIsStored;
        boolean changed;

        Active(T held, List<C> waiting) {
            this.held = held;
            this.waiting = waiting;
            this.waitingIsStored = !waiting.isEmpty();
        }
    }

    @Override
    public void open(OpenContext openContext) throws Exception {
        waitingState = getRuntimeContext()
                .getListState(new ListStateDescriptor<>(WAITING_STATE, TypeInformation.of(changeType)));
        active = new HashMap<>();
    }

    @Override
    public void processElement(C change, Context context, Collector<O> out) throws Exception {
        Active<C, T> key = activate(context.getCurrentKey());
        key.waiting.add(change);
        context.timerService().registerEventTimeTimer(context.timerService().currentWatermark() + 1);
        // Once all ticks before the change are done, it can no longer get into one of them.
        boolean earlierTicksDone =
                change.position().tickMicros() <= context.timerService().currentWatermark();
        if (key.waiting.size() >= MAX_WAITING && earlierTicksDone && !truncatePending) {
            applyWaiting(key, change.position().timeMicros(), context, out);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<O> out) throws Exception {
        long asOf = context.timerService().currentWatermark();
        if (asOf == Long.MAX_VALUE) {
            return; // the end of the input is no time of the log
        }
        Active<C, T> key = activate(context.getCurrentKey());
        applyWaiting(key, asOf, context, out);
        if (!key.waiting.isEmpty()) {
            context.timerService().registerEventTimeTimer(asOf + 1);
        }
        long due = tick(key.held, asOf, context, out);
        if (key.waiting.isEmpty() && isDisposable(key.held)) {
            clear();
            waitingState.clear();
            active.remove(context.getCurrentKey());
        } else if (due != Long.MAX_VALUE) {
            context.timerService().registerEventTimeTimer(due);
        }
    }

    private Active<C, T> activate(String name) throws Exception {
        Active<C, T> key = active.get(name);
        if (key == null) {
            List<C> restored = new ArrayList<>();
            waitingState.get().forEach(restored::add);
            key = new Active<>(load(name), restored);
            active.put(name, key);
        }
        key.changed = true;
        return key;
    }

    /**
     * Applies what waits, up to a time. A change may come ahead of its tick: changes come by two roads, the watermark is
     * the slower one's.
     */
    private void applyWaiting(Active<C, T> key, long untilMicros, Context context, Collector<O> out) throws Exception {
        List<C> changes = key.waiting;
        key.waiting = new ArrayList<>();
        changes.sort(Comparator.comparing(KeyedChange::position));
        for (C change : changes) {
            if (change.position().timeMicros() <= untilMicros) {
                apply(key.held, change, context, out);
            } else {
                key.waiting.add(change);
            }
        }
    }

    final Class<C> changeType() {
        return changeType;
    }

    /** While a TRUNCATE is to come that each key has to put in order with its changes, none of them is applied early. */
    final void setTruncatePending(boolean pending) {
        truncatePending = pending;
    }

    /** Keys on the heap. */
    final Set<String> activeKeys() {
        return active.keySet();
    }

    /** Whether a key has changed since it was last written to state. */
    final boolean hasChanged(String name) {
        return Objects.requireNonNull(active.get(name)).changed;
    }

    /** Writes to state what has changed of the current key. */
    final void write(String name) throws Exception {
        Active<C, T> key = Objects.requireNonNull(active.get(name));
        if (!key.waiting.isEmpty()) {
            waitingState.update(key.waiting);
        } else if (key.waitingIsStored) {
            waitingState.clear();
        }
        key.waitingIsStored = !key.waiting.isEmpty();
        store(key.held);
        key.changed = false;
    }

    /** What the current key holds, read from its state; new if there is none. */
    protected abstract T load(String key) throws Exception;

    /** Applies one change; {@code change.position().timeMicros()} never goes back from one call to the next. */
    protected abstract void apply(T held, C change, Context context, Collector<O> out) throws Exception;

    /**
     * Says what is new as of a tick.
     *
     * @return when time alone will next change something, in microseconds; {@link Long#MAX_VALUE} for never
     */
    protected abstract long tick(T held, long asOfMicros, Context context, Collector<O> out) throws Exception;

    /** Writes to the current key's state what has changed since it was last written. */
    protected abstract void store(T held) throws Exception;

    /** Whether the key holds nothing that later changes or time could need. */
    protected abstract boolean isDisposable(T held);

    /** Clears the current key's state. */
    protected abstract void clear() throws Exception;
}
