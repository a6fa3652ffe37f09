package dev.agentpulse.job.tick;

import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.WindowEdges;
import dev.agentpulse.udf.aggregate.Slice;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import dev.agentpulse.udf.aggregate.Timed;
import dev.agentpulse.udf.aggregate.Window;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The windows of one key, and the figures last emitted of each. A row is emitted for a window if a change was applied to
 * the key since the last tick, or if its figures differ from those last emitted; after a start, always.
 *
 * @param <V> values
 * @param <S> slices of them
 * @param <W> windows over slices
 * @param <F> figures of a result row, compared by {@code equals}
 */
public final class KeyWindows<V extends Timed, S extends Slice<V>, W extends Window<V, S>, F> {

    // Measured with an agent's queries of different latencies, its last rows among it: 4 kB with a slice, 11 kB with
    // ten, 31 kB with 60, 0.8 MB with 3,600.
    private static final int BYTES_OF_KEY = 4_000;
    private static final int FEW_SLICES = 60;
    private static final int BYTES_OF_FEW = 500;
    private static final int BYTES_OF_MORE = 245;

    private final SlidingWindows<V, S, W> windows;
    private final List<String> names;
    private final @Nullable Object[] emitted;

    /** {@link SlidingWindows#changeCount} when the figures were last looked at. */
    private final long[] lookedAt;

    private boolean touched;

    /** @param names of the windows, in the order of their sizes */
    public KeyWindows(SlidingWindows<V, S, W> windows, List<String> names) {
        this.windows = windows;
        this.names = names;
        this.emitted = new Object[names.size()];
        this.lookedAt = new long[names.size()];
    }

    public SlidingWindows<V, S, W> sliding() {
        return windows;
    }

    public W window(int window) {
        return windows.window(window);
    }

    /** About what they take of the heap, see {@link TickLogic#heapBytes}. */
    public int heapBytes() {
        int slices = windows.sliceCount();
        return BYTES_OF_KEY
                + Math.min(slices, FEW_SLICES) * BYTES_OF_FEW
                + Math.max(0, slices - FEW_SLICES) * BYTES_OF_MORE;
    }

    /** A change was applied to the key: the next tick emits all its rows. */
    public void touch() {
        touched = true;
    }

    /** Whether a change was applied to the key since the last tick. */
    public boolean isTouched() {
        return touched;
    }

    /** Takes {@code before} out, if there is one, and puts {@code after} in. */
    public void update(@Nullable V before, @Nullable V after, TickOutput out) {
        if (before != null) {
            retract(before, out);
        }
        if (after != null) {
            windows.insert(after);
        }
    }

    /** Takes a value out, and counts it if it is not there. */
    public void retract(V value, TickOutput out) {
        if (!windows.retract(value)) {
            out.countUnmatchedRetraction();
        }
    }

    /**
     * Emits the rows that are new as of a tick, to which the windows have been advanced.
     *
     * @param figures the figures of a window, by its number
     * @param row makes a result row of edges and figures
     */
    public void emitRows(
            long asOfMicros, IntFunction<F> figures, BiFunction<WindowEdges, F, TickRecord> row, TickOutput out) {
        for (int i = 0; i < emitted.length; i++) {
            boolean differs = emitted[i] == null || windows.changeCount(i) != lookedAt[i];
            if (!touched && !differs) {
                continue;
            }
            F now = figures.apply(i);
            lookedAt[i] = windows.changeCount(i);
            if (touched || !now.equals(emitted[i])) {
                emitted[i] = now;
                out.emit(row.apply(new WindowEdges(names.get(i), windows.windowStart(i), asOfMicros), now));
            }
        }
        touched = false;
    }
}
