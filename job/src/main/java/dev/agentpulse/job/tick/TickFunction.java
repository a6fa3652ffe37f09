package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.KeyedChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * <p>Waiting gives three things: a tick never shows half a transaction; changes that came by two roads (directly, and
 * through the baseline) are in order again; and what a key holds is written to state once a tick, not once a change.
 *
 * <p>What a key holds lives on the heap while the key is active, with its durable image in keyed state: an image is read
 * once after a restore and written through at each tick. <b>State:</b> the waiting changes, cleared by each tick; what
 * {@link #store} writes, cleared by {@link #clear} once {@link #isDisposable} says so. <b>Timers:</b> one for the next
 * tick after a change, and one for the next moment at which time alone changes something. <b>Late data:</b> none; a
 * change is always ahead of the watermark that covers it, whatever the event time of its row.
 *
 * @param <C> a change as the key sees it
 * @param <T> what a key holds
 * @param <O> what goes to the tick writer
 */
public abstract class TickFunction<C extends KeyedChange, T, O> extends KeyedProcessFunction<String, C, O> {

    private static final long serialVersionUID = 1L;

    /**
     * Changes of one key that may wait; beyond, they are applied before their tick, and nothing is said until the tick.
     * It bounds what one tick has to read back after a bulk load or during a snapshot.
     */
    private static final int MAX_WAITING = 4096;

    static final String WAITING_STATE = "waiting-changes";

    private final Class<C> changeType;

    private transient ListState<C> waiting;
    private transient Map<String, Active<T>> active;

    protected TickFunction(Class<C> changeType) {
        this.changeType = changeType;
    }

    /** A key's heap image, and how many of its changes wait. */
    private static final class Active<T> {
        final T held;
        int waiting;

        Active(T held) {
            this.held = held;
        }
    }

    @Override
    public void open(OpenContext openContext) throws Exception {
        waiting = getRuntimeContext()
                .getListState(new ListStateDescriptor<>(WAITING_STATE, TypeInformation.of(changeType)));
        active = new HashMap<>();
    }

    @Override
    public void processElement(C change, Context context, Collector<O> out) throws Exception {
        waiting.add(change);
        context.timerService().registerEventTimeTimer(context.timerService().currentWatermark() + 1);
        Active<T> key = activate(context.getCurrentKey());
        // Once all ticks before the change are done, it can no longer get into one of them.
        boolean earlierTicksDone =
                change.position().tickMicros() <= context.timerService().currentWatermark();
        if (++key.waiting >= MAX_WAITING && earlierTicksDone) {
            applyWaiting(key, change.position().timeMicros(), context, out);
            store(key.held);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<O> out) throws Exception {
        long asOf = context.timerService().currentWatermark();
        if (asOf == Long.MAX_VALUE) {
            return; // the end of the input is no time of the log
        }
        Active<T> key = activate(context.getCurrentKey());
        if (applyWaiting(key, asOf, context, out)) {
            context.timerService().registerEventTimeTimer(asOf + 1);
        }
        long due = tick(key.held, asOf, context, out);
        if (key.waiting == 0 && isDisposable(key.held)) {
            clear();
            active.remove(context.getCurrentKey());
            return;
        }
        store(key.held);
        if (due != Long.MAX_VALUE) {
            context.timerService().registerEventTimeTimer(due);
        }
    }

    private Active<T> activate(String key) throws Exception {
        Active<T> found = active.get(key);
        if (found == null) {
            found = new Active<>(load(key));
            active.put(key, found);
        }
        return found;
    }

    /**
     * Applies what waits, up to a time. A change may come ahead of its tick: changes come by two roads, the watermark is
     * the slower one's.
     *
     * @return whether something still waits
     */
    private boolean applyWaiting(Active<T> key, long untilMicros, Context context, Collector<O> out) throws Exception {
        List<C> changes = new ArrayList<>();
        List<C> ahead = new ArrayList<>();
        for (C change : waiting.get()) {
            (change.position().timeMicros() <= untilMicros ? changes : ahead).add(change);
        }
        key.waiting = ahead.size();
        if (!changes.isEmpty()) {
            waiting.update(ahead);
            changes.sort(Comparator.comparing(KeyedChange::position));
            for (C change : changes) {
                apply(key.held, change, context, out);
            }
        }
        return !ahead.isEmpty();
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
