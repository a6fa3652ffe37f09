package dev.agentpulse.bench.algebra;

import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QuerySlice;
import dev.agentpulse.udf.aggregate.QueryWindow;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import dev.agentpulse.udf.aggregate.WindowSpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** AgentPulse's windows, full from the beginning: as much leaves a window as enters it. */
@State(Scope.Thread)
public class AlgebraBenchmark {

    static final long SECOND_MICROS = 1_000_000;

    private static final int SLOW_MS = 1_000;

    /** Length of the window; it slides by a second. */
    @Param({"60", "300", "3600", "86400"})
    public int windowSeconds;

    private AgentStream stream = new AgentStream();
    private SlidingWindows<QueryEvent, QuerySlice, QueryWindow> windows = windowsOf(60);
    private QueryEvent[] rows = {};
    private int oldest;

    static SlidingWindows<QueryEvent, QuerySlice, QueryWindow> windowsOf(int seconds) {
        return new SlidingWindows<>(
                new WindowSpec(SECOND_MICROS, seconds * SECOND_MICROS),
                QuerySlice::new,
                () -> new QueryWindow(SLOW_MS));
    }

    @Setup
    public void fill() {
        stream = new AgentStream();
        windows = windowsOf(windowSeconds);
        rows = new QueryEvent[windowSeconds * AgentStream.ROWS_A_SECOND];
        for (oldest = 0; oldest < rows.length; oldest++) {
            rows[oldest] = stream.next();
            windows.advanceTo(rows[oldest].timeMicros(), step -> {});
            windows.insert(rows[oldest]);
        }
        oldest = 0;
    }

    /** A new row, and what leaves the window meanwhile. */
    @Benchmark
    public void insert() {
        QueryEvent row = stream.next();
        windows.advanceTo(row.timeMicros(), step -> {});
        windows.insert(row);
        rows[oldest] = row;
        oldest = (oldest + 1) % rows.length;
    }

    /** A new row, and an update of a random one in the window. */
    @Benchmark
    public boolean insertAndUpdate() {
        insert();
        int which = stream.below(rows.length);
        boolean there = windows.retract(rows[which]);
        rows[which] = stream.changed(rows[which]);
        windows.insert(rows[which]);
        return there;
    }

    /** A new row, and all figures of the window. */
    @Benchmark
    public void insertAndFigures(Blackhole sink) {
        insert();
        QueryWindow window = windows.window(0);
        sink.consume(window.count());
        sink.consume(window.averageLatency());
        sink.consume(windows.maximum(0));
        sink.consume(window.percentile(50));
        sink.consume(window.percentile(95));
        sink.consume(window.percentile(99));
        sink.consume(window.approvalRate());
        sink.consume(window.editRate());
        sink.consume(window.qualityScore());
    }
}
