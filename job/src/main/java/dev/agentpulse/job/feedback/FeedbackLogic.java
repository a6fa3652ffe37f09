package dev.agentpulse.job.feedback;

import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.FeedbackChange;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.WindowEdges;
import dev.agentpulse.job.tick.KeyWindows;
import dev.agentpulse.job.tick.TickLogic;
import dev.agentpulse.job.tick.TickOutput;
import dev.agentpulse.job.tick.WindowState;
import dev.agentpulse.udf.aggregate.FeedbackEvent;
import dev.agentpulse.udf.aggregate.FeedbackSlice;
import dev.agentpulse.udf.aggregate.FeedbackWindow;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.jspecify.annotations.Nullable;

/**
 * Windows over feedback; the two result tables differ only in the row that a window becomes.
 *
 * <table>
 * <caption>State of a key, timers, late data</caption>
 * <tr><th>what</th><th>written when</th><th>cleared by</th></tr>
 * <tr><td>{@link WindowState}</td><td>before a checkpoint, what changed</td><td>the tick at which no window holds a row
 *     and none waits for its time</td></tr>
 * <tr><td>timer</td><td colspan="2">when time alone next changes a window, see
 *     {@link dev.agentpulse.job.tick.TickOperator}</td></tr>
 * <tr><td>late rows</td><td colspan="2">land in their slice; rows older than the longest window change nothing</td></tr>
 * </table>
 *
 * @param <F> the figures of a result row
 */
abstract class FeedbackLogic<F> implements TickLogic<FeedbackChange, FeedbackLogic.Held<F>> {

    private static final long serialVersionUID = 1L;

    private final WindowConfig config;

    private transient WindowState<FeedbackEvent, FeedbackSlice, FeedbackWindow> windowState;

    FeedbackLogic(WindowConfig config) {
        this.config = config;
    }

    /** What one key holds on the heap. */
    record Held<F>(String key, KeyWindows<FeedbackEvent, FeedbackSlice, FeedbackWindow, F> windows) {}

    /** The figures of one window. */
    abstract F figures(SlidingWindows<FeedbackEvent, FeedbackSlice, FeedbackWindow> windows, int window);

    abstract TickRecord row(String key, WindowEdges edges, F figures);

    @Override
    public void open(KeyedStateStore state, boolean sortedMaps) {
        windowState = new WindowState<>(
                state, FeedbackEvent.class, FeedbackSlice::decode, events -> events.toArray(FeedbackEvent[]::new));
    }

    @Override
    public Held<F> create(String key) {
        return new Held<>(
                key,
                new KeyWindows<>(
                        new SlidingWindows<>(config.spec(), FeedbackSlice::new, FeedbackWindow::new), config.names()));
    }

    @Override
    public @Nullable Held<F> load(String key) throws Exception {
        Held<F> held = create(key);
        return windowState.load(held.windows.sliding()) ? held : null;
    }

    @Override
    public void apply(Held<F> held, FeedbackChange change, TickOutput out) {
        held.windows.sliding().advanceTo(change.timeMicros(), step -> {});
        if (change.truncate()) {
            held.windows.sliding().clear();
        }
        held.windows.update(change.before(), change.after(), out);
        held.windows.touch();
    }

    @Override
    public long tick(Held<F> held, long asOfMicros, TickOutput out) {
        SlidingWindows<FeedbackEvent, FeedbackSlice, FeedbackWindow> windows = held.windows.sliding();
        windows.advanceTo(asOfMicros, step -> {});
        held.windows.emitRows(
                asOfMicros, window -> figures(windows, window), (edges, figures) -> row(held.key, edges, figures), out);
        return windows.nextStepMicros();
    }

    @Override
    public void store(Held<F> held) throws Exception {
        windowState.store(held.windows.sliding());
    }

    @Override
    public int heapBytes(Held<F> held) {
        return held.windows.heapBytes();
    }

    @Override
    public boolean isDisposable(Held<F> held) {
        return held.windows.sliding().isEmpty();
    }

    @Override
    public void clear() {
        windowState.clear();
    }
}
