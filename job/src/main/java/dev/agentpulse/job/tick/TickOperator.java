package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.KeyedChange;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Runs a {@link TickFunction}; a TRUNCATE, which concerns every key, is handed to each key that this subtask has state
 * for. A function alone sees one key only.
 */
public final class TickOperator<C extends KeyedChange, O> extends KeyedProcessOperator<String, C, O> {

    private static final long serialVersionUID = 1L;

    private final String heldState;

    /**
     * @param heldState name of a state that every key has that holds anything
     */
    public TickOperator(TickFunction<C, ?, O> function, String heldState) {
        super(function);
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

    private Set<String> keysWithState() {
        Set<String> keys = new LinkedHashSet<>();
        for (String state : new String[] {TickFunction.WAITING_STATE, heldState}) {
            try (Stream<String> found = this.<String>getKeyedStateBackend().getKeys(state, VoidNamespace.INSTANCE)) {
                found.forEach(keys::add);
            }
        }
        return keys;
    }
}
