package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.KeyedChange;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.contrib.streaming.state.RocksDBKeyedStateBackend;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * A keyed operator that works by ticks: a change is applied the moment it comes, and at the watermark, which is the tick,
 * the keys that changed, and those for which it was time, emit what is new. Changes come in the order of the log through
 * one channel, and a watermark only behind a complete transaction, so nothing has to wait or be sorted.
 *
 * <p>What a key holds lives on the heap while the key is active. So work on state grows with the keys that changed
 * between two checkpoints, not with the changes.
 *
 * <table>
 * <caption>State of a key, timers, late data</caption>
 * <tr><th>what</th><th>written when</th><th>cleared by</th></tr>
 * <tr><td>what the logic stores (for all logics: {@link WindowState})</td><td>before a checkpoint, if the key changed
 *     since the last one</td><td>the tick after which the key is disposable</td></tr>
 * <tr><td>timer at the key's next due time, one a key</td><td>a tick after which it is earlier than the one that is
 *     set</td><td>firing, or the key's disposal</td></tr>
 * <tr><td>timer for the next watermark</td><td>a checkpoint that finds the key changed and not ticked yet</td><td>that
 *     watermark</td></tr>
 * <tr><td>{@code begun}, operator state: whether {@link TickLogic#beginning} was emitted, where there is any</td><td>at a
 *     checkpoint</td><td>never; one value a subtask</td></tr>
 * <tr><td>late data</td><td colspan="2">none: a change is always ahead of the next watermark, whatever the event time of
 *     its row</td></tr>
 * </table>
 *
 * @param <C> a change as the key sees it
 * @param <T> what a key holds
 */
public final class TickOperator<C extends KeyedChange, T> extends AbstractStreamOperator<TickRecord>
        implements OneInputStreamOperator<C, TickRecord>, Triggerable<String, VoidNamespace> {

    private static final long serialVersionUID = 1L;
    private static final long NONE = Long.MAX_VALUE;

    private final TickLogic<C, T> logic;

    private transient InternalTimerService<VoidNamespace> timers;
    private transient Counter unmatchedCounter;
    private transient TickOutput out;
    private transient Map<String, Key<T>> active;

    /** Keys to which a change was applied since the last watermark. */
    private transient List<Key<T>> touched;

    /** Keys that differ from what state has of them. */
    private transient List<Key<T>> changed;

    /** Not empty once {@link TickLogic#beginning} was emitted; null where there is nothing to be. */
    private transient @Nullable ListState<Boolean> begun;

    private transient boolean hasBegun;

    private transient long lastChangeMicros;
    private transient long asOfMicros;
    private transient long unmatched;

    public TickOperator(TickLogic<C, T> logic) {
        this.logic = logic;
        this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    /** A key on the heap. */
    private static final class Key<T> {
        final String name;
        final T held;
        boolean touched;
        boolean changed;
        boolean disposed;
        long tickedMicros = Long.MIN_VALUE;
        long dueMicros = NONE;
        long timerMicros = NONE;

        Key(String name, T held) {
            this.name = name;
            this.held = held;
        }
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        logic.open(context.getKeyedStateStore(), getKeyedStateBackend() instanceof RocksDBKeyedStateBackend);
        if (logic.beginning() != null) {
            begun = context.getOperatorStateStore()
                    .getUnionListState(new ListStateDescriptor<>("begun", Types.BOOLEAN));
            hasBegun = begun.get().iterator().hasNext();
        }
        timers = getInternalTimerService("ticks", VoidNamespaceSerializer.INSTANCE, this);
        unmatchedCounter = getMetricGroup().counter("unmatchedRetractions");
        out = new Emitter();
        active = new HashMap<>();
        touched = new ArrayList<>();
        changed = new ArrayList<>();
    }

    @Override
    public void processElement(StreamRecord<C> element) throws Exception {
        C change = element.getValue();
        lastChangeMicros = change.timeMicros();
        logic.handOn(change, out);
        if (change.truncate()) {
            logic.truncated(change, out);
            for (String name : keysWithState()) {
                setCurrentKey(name);
                apply(change, name);
            }
        } else {
            apply(change, change.key());
        }
    }

    private void apply(C change, String name) throws Exception {
        Key<T> key = active.get(name);
        if (key == null) {
            T stored = logic.load(name);
            key = activate(name, stored == null ? logic.create(name) : stored);
        }
        logic.apply(key.held, change, out);
        markChanged(key);
        if (!key.touched) {
            key.touched = true;
            touched.add(key);
        }
    }

    private List<String> keysWithState() {
        List<String> names = new ArrayList<>(active.keySet());
        try (Stream<String> stored =
                this.<String>getKeyedStateBackend().getKeys(WindowState.TIME_STATE, VoidNamespace.INSTANCE)) {
            stored.filter(name -> !active.containsKey(name)).forEach(names::add);
        }
        return names;
    }

    private Key<T> activate(String name, T held) {
        Key<T> key = new Key<>(name, held);
        active.put(name, key);
        return key;
    }

    private void markChanged(Key<T> key) {
        if (!key.changed) {
            key.changed = true;
            changed.add(key);
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (mark.getTimestamp() == Long.MAX_VALUE) {
            output.emitWatermark(mark); // the end of the input is no time of the log
            return;
        }
        asOfMicros = mark.getTimestamp();
        for (Key<T> key : touched) {
            key.touched = false;
            setCurrentKey(key.name);
            tick(key);
        }
        touched.clear();
        TickRecord beginning = hasBegun ? null : logic.beginning();
        if (beginning != null) {
            out.emit(beginning);
            hasBegun = true;
        }
        emitUnmatched(asOfMicros);
        super.processWatermark(mark);
        if (config.isChainStart()) {
            // Operators that are chained behind this one have the same outputs, and are done with the tick by now.
            TickFlush.flush(getContainingTask());
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        String name = timer.getKey();
        Key<T> key = active.get(name);
        if (key == null) {
            // The first time since a restore; or the key is gone, and the timer was set before the restore.
            T stored = logic.load(name);
            if (stored != null) {
                tick(activate(name, stored));
            }
            return;
        }
        if (timer.getTimestamp() == key.timerMicros) {
            key.timerMicros = NONE;
        }
        if (key.dueMicros <= asOfMicros && key.tickedMicros < asOfMicros) {
            tick(key);
        } else {
            schedule(key);
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("only the log moves time, but a timer of the wall clock fired: " + timer);
    }

    private void tick(Key<T> key) throws Exception {
        key.dueMicros = logic.tick(key.held, asOfMicros, out);
        key.tickedMicros = asOfMicros;
        if (logic.isDisposable(key.held)) {
            dispose(key);
        } else {
            markChanged(key);
            schedule(key);
        }
    }

    private void dispose(Key<T> key) throws Exception {
        logic.clear();
        key.disposed = true;
        active.remove(key.name);
        if (key.timerMicros != NONE) {
            timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, key.timerMicros);
        }
    }

    /** A timer that is too early stays, and sets the right one when it fires. */
    private void schedule(Key<T> key) {
        if (key.dueMicros >= key.timerMicros) {
            return;
        }
        if (key.timerMicros != NONE) {
            timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, key.timerMicros);
        }
        key.timerMicros = key.dueMicros;
        timers.registerEventTimeTimer(VoidNamespace.INSTANCE, key.timerMicros);
    }

    private void emitUnmatched(long timeMicros) {
        if (unmatched > 0) {
            output.collect(new StreamRecord<>(TickRecord.ofUnmatchedRetractions(unmatched), timeMicros));
            unmatched = 0;
        }
    }

    /** What was counted since the last tick goes ahead of the checkpoint: it is not part of the state. */
    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        emitUnmatched(lastChangeMicros);
    }

    /** The keyed backend makes its snapshot behind this call. */
    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        for (Key<T> key : touched) {
            setCurrentKey(key.name);
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, timers.currentWatermark() + 1);
        }
        for (Key<T> key : changed) {
            if (!key.disposed) {
                setCurrentKey(key.name);
                logic.store(key.held);
            }
            key.changed = false;
        }
        changed.clear();
        if (begun != null) {
            begun.update(hasBegun ? List.of(true) : List.of());
        }
        super.snapshotState(context);
    }

    @Override
    public void close() throws Exception {
        logic.close();
        super.close();
    }

    /** Stamps what the logic emits. */
    private final class Emitter implements TickOutput {

        @Override
        public void emit(TickRecord record) {
            output.collect(new StreamRecord<>(record, asOfMicros));
        }

        @Override
        public void emit(TickRecord record, long timeMicros) {
            output.collect(new StreamRecord<>(record, timeMicros));
        }

        @Override
        public <X> void emit(OutputTag<X> tag, X value, long timeMicros) {
            output.collect(tag, new StreamRecord<>(value, timeMicros));
        }

        @Override
        public void countUnmatchedRetraction() {
            unmatched++;
            unmatchedCounter.inc();
        }
    }
}
