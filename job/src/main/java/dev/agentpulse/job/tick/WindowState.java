package dev.agentpulse.job.tick;

import dev.agentpulse.udf.aggregate.Slice;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import dev.agentpulse.udf.aggregate.Timed;
import dev.agentpulse.udf.aggregate.Window;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The durable image of {@link SlidingWindows} in keyed state: a slice an entry, encoded by the slice itself, and the
 * rows that wait for their time. What a window holds is derived and is not stored. Entries go as slices leave the
 * longest window and as waiting rows enter it.
 *
 * <table>
 * <caption>State of a key</caption>
 * <tr><th>state</th><th>written when</th><th>cleared by</th></tr>
 * <tr><td>{@code windows-time}, one value</td><td>before a checkpoint, if the key changed</td><td>{@link #clear}</td></tr>
 * <tr><td>{@code windows-slices}, an entry a slice</td><td>likewise, the slices that changed</td><td>the slice leaving the
 *     longest window or becoming empty; {@link #clear}</td></tr>
 * <tr><td>{@code windows-pending}, an entry an instant ahead of time</td><td>likewise</td><td>time reaching the instant,
 *     its rows being taken out; {@link #clear}</td></tr>
 * </table>
 */
public final class WindowState<V extends Timed, S extends Slice<V>, W extends Window<V, S>> {

    /** Every key that holds anything has this state. */
    public static final String TIME_STATE = "windows-time";

    /** A function that travels with the job graph. */
    public interface Decoder<S> extends Function<byte[], S>, Serializable {}

    private final MapState<Long, byte[]> slices;
    private final MapState<Long, V[]> pending;
    private final ValueState<Long> time;
    private final Decoder<S> decoder;
    private final Function<List<V>, V[]> toArray;

    public WindowState(KeyedStateStore store, Class<V> eventType, Decoder<S> decoder, Function<List<V>, V[]> toArray) {
        this.slices = store.getMapState(new MapStateDescriptor<>(
                "windows-slices", Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        TypeInformation<V[]> arrays = Types.OBJECT_ARRAY(TypeInformation.of(eventType));
        this.pending = store.getMapState(new MapStateDescriptor<>("windows-pending", Types.LONG, arrays));
        this.time = store.getState(new ValueStateDescriptor<>(TIME_STATE, Types.LONG));
        this.decoder = decoder;
        this.toArray = toArray;
    }

    /**
     * Fills fresh windows with what the current key's state holds.
     *
     * @return false if it holds nothing
     */
    public boolean load(SlidingWindows<V, S, W> windows) throws Exception {
        Long restoredTime = time.value();
        if (restoredTime == null) {
            return false;
        }
        List<Map.Entry<Long, S>> restoredSlices = new ArrayList<>();
        for (Map.Entry<Long, byte[]> entry : slices.entries()) {
            restoredSlices.add(Map.entry(entry.getKey(), decoder.apply(entry.getValue())));
        }
        List<Map.Entry<Long, List<V>>> restoredPending = new ArrayList<>();
        for (Map.Entry<Long, V[]> entry : pending.entries()) {
            restoredPending.add(Map.entry(entry.getKey(), List.of(entry.getValue())));
        }
        windows.restore(restoredTime, restoredSlices, restoredPending);
        return true;
    }

    /** Writes what has changed since the last call. */
    public void store(SlidingWindows<V, S, W> windows) throws Exception {
        time.update(windows.timeMicros());
        windows.drainChangedSlices((sliceEnd, slice) -> {
            try {
                if (slice == null) {
                    slices.remove(sliceEnd);
                } else {
                    slices.put(sliceEnd, slice.encode());
                }
            } catch (Exception e) {
                throw new IllegalStateException("cannot write the slice that ends at " + sliceEnd, e);
            }
        });
        windows.drainChangedPending((timeMicros, values) -> {
            try {
                if (values == null) {
                    pending.remove(timeMicros);
                } else {
                    pending.put(timeMicros, toArray.apply(values));
                }
            } catch (Exception e) {
                throw new IllegalStateException("cannot write the rows that wait for " + timeMicros, e);
            }
        });
    }

    public void clear() {
        slices.clear();
        pending.clear();
        time.clear();
    }
}
