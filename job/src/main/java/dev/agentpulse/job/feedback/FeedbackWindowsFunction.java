package dev.agentpulse.job.feedback;

import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.FeedbackChange;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickFunction;
import dev.agentpulse.job.tick.WindowState;
import dev.agentpulse.udf.aggregate.FeedbackEvent;
import dev.agentpulse.udf.aggregate.FeedbackSlice;
import dev.agentpulse.udf.aggregate.FeedbackWindow;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import java.util.OptionalLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Windows over feedback; the two result tables differ only in the row that a window becomes.
 *
 * <p><b>State:</b> see {@link TickFunction} and {@link WindowState}; all of it goes when no window holds a row and none
 * waits for its time.
 *
 * @param <R> the result row
 */
abstract class FeedbackWindowsFunction<R>
        extends TickFunction<FeedbackChange, FeedbackWindowsFunction.Held, TickRecord> {

    private static final long serialVersionUID = 1L;

    private final WindowConfig config;

    private transient WindowState<FeedbackEvent, FeedbackSlice, FeedbackWindow> windowState;

    FeedbackWindowsFunction(WindowConfig config) {
        super(FeedbackChange.class);
        this.config = config;
    }

    /** What one key holds on the heap. */
    static final class Held {
        final String key;
        final SlidingWindows<FeedbackEvent, FeedbackSlice, FeedbackWindow> windows;
        final @Nullable Object[] sent;
        boolean touched;

        Held(String key, WindowConfig config) {
            this.key = key;
            this.windows = new SlidingWindows<>(config.spec(), FeedbackSlice::new, FeedbackWindow::new);
            this.sent = new Object[config.count()];
        }
    }

    /** Where a row stands: its key, its window, and the window's edges. */
    record Place(String key, String windowName, long startMicros, long endMicros) {}

    abstract R row(Place place, FeedbackWindow window, @Nullable Long latestMicros);

    /** Whether only the window's edges differ. */
    abstract boolean sameFigures(R row, R other);

    abstract TickRecord record(R row);

    @Override
    public void open(OpenContext openContext) throws Exception {
        super.open(openContext);
        windowState = new WindowState<>(
                getRuntimeContext(),
                FeedbackEvent.class,
                FeedbackSlice::decode,
                events -> events.toArray(FeedbackEvent[]::new));
    }

    @Override
    protected Held load(String key) throws Exception {
        Held held = new Held(key, config);
        windowState.load(held.windows);
        return held;
    }

    @Override
    protected void apply(Held held, FeedbackChange change, Context context, Collector<TickRecord> out) {
        held.windows.advanceTo(change.position().timeMicros(), step -> {});
        held.touched = true;
        if (change.truncate()) {
            held.windows.clear();
        }
        if (change.before() != null) {
            held.windows.retract(event(change.before()));
        }
        if (change.after() != null) {
            held.windows.insert(event(change.after()));
        }
    }

    private static FeedbackEvent event(FeedbackRow row) {
        return new FeedbackEvent(
                row.createdAtMicros(),
                row.safeToSend(),
                row.labels(),
                row.clarity(),
                row.accuracy(),
                row.tone(),
                row.annotator());
    }

    @Override
    @SuppressWarnings("unchecked") // an array of a type parameter cannot be made; only rows R are put in
    protected long tick(Held held, long asOfMicros, Context context, Collector<TickRecord> out) {
        held.windows.advanceTo(asOfMicros, step -> {});
        for (int i = 0; i < config.count(); i++) {
            long start = held.windows.windowStart(i);
            OptionalLong latest = held.windows.latestMicros(i);
            R row = row(
                    new Place(held.key, config.names().get(i), start, asOfMicros),
                    held.windows.window(i),
                    latest.isPresent() ? latest.getAsLong() : null);
            R sent = (R) held.sent[i];
            if (held.touched || sent == null || !sameFigures(row, sent)) {
                held.sent[i] = row;
                out.collect(record(row));
            }
        }
        held.touched = false;
        return held.windows.nextStepMicros();
    }

    @Override
    protected void store(Held held) throws Exception {
        windowState.store(held.windows);
    }

    @Override
    protected boolean isDisposable(Held held) {
        return held.windows.isEmpty();
    }

    @Override
    protected void clear() {
        windowState.clear();
    }
}
