package dev.agentpulse.job.approval;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.model.SlaChange;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickFlush;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * The SLA clock of each approval, a thin adapter around {@link SlaClock}. Nothing of an approval is on the heap: there may
 * be a million of them.
 *
 * <table>
 * <caption>State of an approval, timers, late data</caption>
 * <tr><th>what</th><th>written when</th><th>cleared by</th></tr>
 * <tr><td>{@code sla}: {@link SlaState}</td><td>at once</td><td>its decision or deletion, TRUNCATE; with an open alert,
 *     the tick of that. A row that is never decided and never deleted stays, as it does in the source table.</td></tr>
 * <tr><td>{@code held-back}: whether the job is to open an alert when it has caught up</td><td>when the deadline
 *     passes while it reads what was committed when it was away</td><td>with {@code sla}, and when it has caught up</td></tr>
 * <tr><td>timer at the next deadline, or at the end of an alert, one an approval</td><td>with the state</td><td>firing, or
 *     a change that moves it</td></tr>
 * <tr><td>{@code sla-ages}: the ages at which a breach opens and gets worse</td><td>with a checkpoint</td><td>never. If
 *     they are others after a restore, every timer is set anew.</td></tr>
 * <tr><td>late data</td><td colspan="2">an approval that comes after its deadline breaches when it comes</td></tr>
 * </table>
 */
public final class SlaOperator extends AbstractStreamOperator<TickRecord>
        implements OneInputStreamOperator<SlaChange, TickRecord>, Triggerable<String, VoidNamespace> {

    private static final long serialVersionUID = 1L;

    private static final ValueStateDescriptor<SlaState> STATE =
            new ValueStateDescriptor<>("sla", TypeInformation.of(SlaState.class));

    private static final ValueStateDescriptor<Boolean> HELD_BACK =
            new ValueStateDescriptor<>("held-back", Types.BOOLEAN);

    private static final ListStateDescriptor<Long> AGES = new ListStateDescriptor<>("sla-ages", Types.LONG);

    private final AlertConfig alerts;

    private transient ListState<Long> agesState;
    private transient ValueState<SlaState> state;
    private transient ValueState<Boolean> heldBack;
    private transient InternalTimerService<VoidNamespace> timers;

    /** Until all is read that was committed while the job was away. */
    private transient boolean holdsBack;

    /** Up to the first tick behind that: then what was due at a tick of before happens late. */
    private transient boolean catchingUp;

    /** Least timestamp of what is emitted, so that it belongs to a tick to come. */
    private transient long earliestMicros;

    public SlaOperator(AlertConfig alerts) {
        this.alerts = alerts;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state = context.getKeyedStateStore().getState(STATE);
        heldBack = context.getKeyedStateStore().getState(HELD_BACK);
        holdsBack = true;
        catchingUp = true;
        timers = getInternalTimerService("deadlines", VoidNamespaceSerializer.INSTANCE, this);
        // A union: each subtask gets those of all, which are the same.
        earliestMicros = Long.MIN_VALUE;
        agesState = context.getOperatorStateStore().getUnionListState(AGES);
        if (context.isRestored() && !isMadeOf(agesState.get())) {
            setTimersAnew();
        }
    }

    private List<Long> ages() {
        return List.of(alerts.slaThresholdMicros(), alerts.slaWarningMicros(), alerts.slaCriticalMicros());
    }

    /** Whether nothing but our ages was stored, however often. */
    private boolean isMadeOf(Iterable<Long> stored) {
        List<Long> ages = ages();
        int count = 0;
        for (long age : stored) {
            if (age != ages.get(count % ages.size())) {
                return false;
            }
            count++;
        }
        return count > 0;
    }

    /** A timer of before that is too early finds nothing due; one for a deadline that has passed fires at once. */
    private void setTimersAnew() throws Exception {
        this.<String>getKeyedStateBackend()
                .applyToAllKeys(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, STATE, (id, held) -> {
                    long next = clock(id, held.value()).nextMicros();
                    if (next != Long.MAX_VALUE) {
                        timers.registerEventTimeTimer(VoidNamespace.INSTANCE, next);
                    }
                });
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        agesState.update(ages());
    }

    @Override
    public void processElement(StreamRecord<SlaChange> element) throws Exception {
        SlaChange change = element.getValue();
        if (catchingUp) {
            earliestMicros = change.timeMicros();
        }
        if (change.caughtUp()) {
            holdsBack = false;
        } else if (change.truncate()) {
            this.<String>getKeyedStateBackend()
                    .applyToAllKeys(
                            VoidNamespace.INSTANCE,
                            VoidNamespaceSerializer.INSTANCE,
                            STATE,
                            (id, held) -> apply(id, SlaChange.over(id, change.timeMicros(), change.snapshot())));
        } else {
            apply(change.id(), change);
        }
    }

    private void apply(String id, SlaChange change) throws Exception {
        SlaState held = state.value();
        SlaClock clock = clock(id, held);
        long timer = clock.nextMicros();
        clock.apply(change, this::emit);
        keep(held, timer, clock, clock.nextMicros());
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        SlaState held = state.value();
        SlaClock clock = clock(timer.getKey(), held);
        clock.advanceTo(timer.getTimestamp(), this::emit);
        boolean waits = clock.isHeldBack(timer.getTimestamp());
        if (waits) {
            heldBack.update(true);
        }
        keep(held, Long.MAX_VALUE, clock, waits ? Long.MAX_VALUE : clock.nextMicros());
    }

    private SlaClock clock(String id, @Nullable SlaState held) {
        return new SlaClock(alerts, id, holdsBack, held);
    }

    private void openWhatWasHeldBack(long timeMicros) throws Exception {
        this.<String>getKeyedStateBackend()
                .applyToAllKeys(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, HELD_BACK, (id, flag) -> {
                    flag.clear();
                    SlaState held = state.value();
                    SlaClock clock = clock(id, held);
                    clock.advanceTo(timeMicros, this::emit);
                    keep(held, Long.MAX_VALUE, clock, clock.nextMicros());
                });
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("only the log moves time, but a timer of the wall clock fired: " + timer);
    }

    /**
     * Writes what has changed.
     *
     * @param held what the state has
     * @param timerMicros when the timer is set to; {@link Long#MAX_VALUE} if none is
     * @param nextMicros when it is to be set to, likewise
     */
    private void keep(@Nullable SlaState held, long timerMicros, SlaClock clock, long nextMicros) throws Exception {
        SlaState now = clock.state();
        if (now == null && held != null) {
            state.clear();
            if (catchingUp) {
                heldBack.clear(); // Later there is none, and to clear nothing costs a write of each decision.
            }
        } else if (now != null && !now.equals(held)) {
            state.update(now);
        }
        if (nextMicros == timerMicros) {
            return;
        }
        if (timerMicros != Long.MAX_VALUE) {
            timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, timerMicros);
        }
        if (nextMicros != Long.MAX_VALUE) {
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, nextMicros);
        }
    }

    private void emit(long timeMicros, TickRecord record) {
        output.collect(new StreamRecord<>(record, Math.max(timeMicros, earliestMicros)));
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (mark.getTimestamp() == Long.MAX_VALUE) {
            output.emitWatermark(mark); // the end of the input is no time of the log
            return;
        }
        if (catchingUp) {
            earliestMicros = mark.getTimestamp();
            if (!holdsBack) {
                openWhatWasHeldBack(mark.getTimestamp());
                catchingUp = false;
            }
        }
        super.processWatermark(mark);
        earliestMicros = Long.MIN_VALUE;
        TickFlush.flush(getContainingTask());
    }
}
