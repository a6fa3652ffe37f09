package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.KeyedChange;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
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
 * between two checkpoints, not with the changes. There is so much room for keys, see {@link HeapRoom}; beyond,
 * those without a change for the longest time leave, and come back with their next change. One whose time comes while there
 * is no room is read, ticked and written again. Where a key is makes no difference to any figure.
 *
 * <table>
 * <caption>State of a key, timers, late data</caption>
 * <tr><th>what</th><th>written when</th><th>cleared by</th></tr>
 * <tr><td>what the logic stores (for all logics: {@link WindowState})</td><td>before a checkpoint and when the key leaves
 *     the heap, if it changed since it was last written</td><td>the tick after which the key is disposable</td></tr>
 * <tr><td>timer at the key's next due time, one a key</td><td>a tick after which it is earlier than the one that is
 *     set</td><td>firing, or the key's disposal</td></tr>
 * <tr><td>timer for the next watermark</td><td>a checkpoint, or leaving the heap, that finds the key changed and not ticked
 *     yet</td><td>that watermark</td></tr>
 * <tr><td>{@code away-until}: where the timer of a key is that is not on the heap</td><td>when it leaves</td><td>its coming
 *     back, its disposal</td></tr>
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
    private transient ValueState<Long> awayUntil;

    /** The keys on the heap, the one whose last change is the oldest first. */
    private transient Map<String, Key<T>> active;

    /** What they take. */
    private transient long bytes;

    private transient long ownBytes;
    private transient long allBytes;

    /** Keys to which a change was applied since the last watermark. */
    private transient Set<Key<T>> touched;

    /** Keys that differ from what state has of them. */
    private transient Set<Key<T>> changed;

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
        int bytes;
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
        awayUntil = context.getKeyedStateStore().getState(new ValueStateDescriptor<>("away-until", Types.LONG));
        out = new Emitter();
        active = new LinkedHashMap<>();
        bytes = 0;
        ownBytes = logic.ownHeapBytes() / getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        allBytes = logic.allHeapBytes();
        touched = new LinkedHashSet<>();
        changed = new LinkedHashSet<>();
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
        Key<T> key = active.remove(name);
        if (key == null) {
            T stored = logic.load(name);
            key = new Key<>(name, stored == null ? logic.create(name) : stored);
            comeBack(key);
        }
        active.put(name, key); // as the last one
        logic.apply(key.held, change, out);
        changed.add(key);
        touched.add(key);
        weigh(key);
        makeRoom(key);
    }

    /** After a key was read from state: it knows its timer, if it had one. */
    private void comeBack(Key<T> key) throws Exception {
        Long until = awayUntil.value();
        if (until != null) {
            awayUntil.clear();
            key.dueMicros = until;
            key.timerMicros = until;
        }
    }

    private void weigh(Key<T> key) {
        int now = logic.heapBytes(key.held);
        if (now != key.bytes) {
            take(now - key.bytes);
            key.bytes = now;
        }
    }

    private void take(long more) {
        bytes += more;
        HeapRoom.add(more);
    }

    private boolean isFull() {
        return bytes > ownBytes && HeapRoom.used() > allBytes;
    }

    /** @param current the key that is Flink's current one, and stays */
    private void makeRoom(Key<T> current) throws Exception {
        while (active.size() > 1 && isFull()) {
            Key<T> eldest = active.values().iterator().next();
            setCurrentKey(eldest.name);
            leave(eldest);
            setCurrentKey(current.name);
        }
    }

    /** A key goes from the heap; what it holds is in state, and its timer brings it back in time. */
    private void leave(Key<T> key) throws Exception {
        if (touched.remove(key)) {
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, timers.currentWatermark() + 1);
        }
        if (changed.remove(key)) {
            logic.store(key.held);
        }
        logic.leave(key.held);
        if (key.timerMicros != key.dueMicros) {
            // One that is too early would tick the key before its time.
            deleteTimer(key);
            schedule(key);
        }
        if (key.timerMicros != NONE) {
            awayUntil.update(key.timerMicros);
        }
        forget(key);
    }

    private void forget(Key<T> key) {
        if (active.remove(key.name, key)) {
            take(-key.bytes);
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

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (mark.getTimestamp() == Long.MAX_VALUE) {
            output.emitWatermark(mark); // the end of the input is no time of the log
            return;
        }
        asOfMicros = mark.getTimestamp();
        for (Key<T> key : touched) {
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
            // It is away, or this is the first time since a restore; or it is gone, and the timer was set before the
            // restore.
            T stored = logic.load(name);
            if (stored != null) {
                tickAway(new Key<>(name, stored), timer.getTimestamp());
            } else {
                awayUntil.clear();
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

    /** It stays on the heap if there is room: those to which changes come need it more. */
    private void tickAway(Key<T> key, long firedMicros) throws Exception {
        comeBack(key);
        if (key.timerMicros == firedMicros) {
            key.timerMicros = NONE;
        }
        weigh(key);
        active.put(key.name, key);
        if (tick(key) && isFull()) {
            leave(key);
        }
    }

    /** @return false if the key is no more */
    private boolean tick(Key<T> key) throws Exception {
        key.dueMicros = logic.tick(key.held, asOfMicros, out);
        key.tickedMicros = asOfMicros;
        if (logic.isDisposable(key.held)) {
            dispose(key);
            return false;
        }
        changed.add(key);
        schedule(key);
        weigh(key);
        return true;
    }

    private void dispose(Key<T> key) throws Exception {
        logic.clear();
        changed.remove(key);
        forget(key);
        deleteTimer(key);
    }

    private void deleteTimer(Key<T> key) {
        if (key.timerMicros != NONE) {
            timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, key.timerMicros);
            key.timerMicros = NONE;
        }
    }

    /** A timer that is too early stays, and sets the right one when it fires. */
    private void schedule(Key<T> key) {
        if (key.dueMicros >= key.timerMicros) {
            return;
        }
        deleteTimer(key);
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
            setCurrentKey(key.name);
            logic.store(key.held);
        }
        changed.clear();
        if (begun != null) {
            begun.update(hasBegun ? List.of(true) : List.of());
        }
        super.snapshotState(context);
    }

    @Override
    public void close() throws Exception {
        take(-bytes);
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
