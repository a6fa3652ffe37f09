package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.KeyedChange;
import dev.agentpulse.job.model.LogPosition;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Runs a {@link TickFunction}, and does what concerns all keys of the subtask, of which a function sees one at a time: a
 * TRUNCATE is handed to each, and before a checkpoint each writes down what has changed. <b>State:</b> the TRUNCATEs of the
 * tick that has begun, cleared by its watermark.
 */
public final class TickOperator<C extends KeyedChange, O> extends KeyedProcessOperator<String, C, O> {

    private static final long serialVersionUID = 1L;

    private final TickFunction<C, ?, O> function;
    private final String heldState;

    private transient ListState<C> truncateState;
    private transient Map<LogPosition, C> truncates;

    /**
     * @param heldState name of a state that every key has that holds anything
     */
    public TickOperator(TickFunction<C, ?, O> function, String heldState) {
        super(function);
        this.function = function;
        this.heldState = heldState;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        // As a union, because the keys that a truncate has yet to reach may come from any subtask.
        truncateState = context.getOperatorStateStore()
                .getUnionListState(
                        new ListStateDescriptor<>("pending-truncates", TypeInformation.of(function.changeType())));
        truncates = new LinkedHashMap<>();
        for (C truncate : truncateState.get()) {
            truncates.put(truncate.position(), truncate);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        function.setTruncatePending(!truncates.isEmpty());
    }

    @Override
    public void processElement(StreamRecord<C> element) throws Exception {
        C change = element.getValue();
        if (change.truncate()) {
            truncates.putIfAbsent(change.position(), change);
            function.setTruncatePending(true);
        } else {
            super.processElement(element);
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        handOutTruncates(mark.getTimestamp());
        super.processWatermark(mark);
        TickFlush.flush(getContainingTask());
    }

    /** By the watermark all changes before it are here, by whichever road they came, and so are all keys. */
    private void handOutTruncates(long untilMicros) throws Exception {
        Iterator<C> pending = truncates.values().iterator();
        while (pending.hasNext()) {
            C truncate = pending.next();
            if (truncate.position().timeMicros() <= untilMicros) {
                for (String key : keysWithState()) {
                    setCurrentKey(key);
                    super.processElement(
                            new StreamRecord<>(truncate, truncate.position().timeMicros()));
                }
                pending.remove();
            }
        }
        function.setTruncatePending(!truncates.isEmpty());
    }

    /** The keyed backend makes its snapshot behind this call. */
    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        for (String key : function.activeKeys()) {
            if (function.hasChanged(key)) {
                setCurrentKey(key);
                function.write(key);
            }
        }
        truncateState.update(List.copyOf(truncates.values()));
        super.snapshotState(context);
    }

    private Set<String> keysWithState() {
        Set<String> keys = new LinkedHashSet<>(function.activeKeys());
        for (String state : new String[] {TickFunction.WAITING_STATE, heldState}) {
            try (Stream<String> found = this.<String>getKeyedStateBackend().getKeys(state, VoidNamespace.INSTANCE)) {
                found.forEach(keys::add);
            }
        }
        return keys;
    }
}
