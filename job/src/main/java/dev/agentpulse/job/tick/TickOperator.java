package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.KeyedChange;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Runs a {@link TickFunction}, and does what concerns all keys of the subtask, of which a function sees one at a time: a
 * TRUNCATE is handed to each, and before a checkpoint each writes down what has changed.
 */
public final class TickOperator<C extends KeyedChange, O> extends KeyedProcessOperator<String, C, O> {

    private static final long serialVersionUID = 1L;

    private final TickFunction<C, ?, O> function;
    private final String heldState;

    /**
     * @param heldState name of a state that every key has that holds anything
     */
    public TickOperator(TickFunction<C, ?, O> function, String heldState) {
        super(function);
        this.function = function;
        this.heldState = heldState;
    }

    @Override
    public void processElement(StreamRecord<C> element) throws Exception {
        if (!element.getValue().truncate()) {
            super.processElement(element);
            return;
        }
        for (String key : keysWithState()) {
            setCurrentKey(key);
            super.processElement(element);
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        super.processWatermark(mark);
        TickFlush.flush(getContainingTask());
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
