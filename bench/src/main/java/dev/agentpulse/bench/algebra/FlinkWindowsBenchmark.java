package dev.agentpulse.bench.algebra;

import dev.agentpulse.udf.aggregate.QueryEvent;
import java.time.Duration;
import java.util.Objects;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.functions.windowing.PassThroughWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.triggers.EventTimeTrigger;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.streaming.runtime.operators.windowing.WindowOperatorBuilder;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Flink's own {@code SlidingEventTimeWindows} with count, sum and maximum only, on the heap: it has no percentiles, takes
 * no updates back, and yields figures once a second. Each row goes into as many windows as the window has seconds.
 */
@State(Scope.Thread)
public class FlinkWindowsBenchmark {

    private static final long MILLI_MICROS = 1_000;
    private static final long SECOND_MILLIS = 1_000;

    @Param({"60", "300", "3600"})
    public int windowSeconds;

    private final AgentStream stream = new AgentStream();

    @SuppressWarnings("NullAway.Init") // set up before each use
    private KeyedOneInputStreamOperatorTestHarness<Integer, QueryEvent, long[]> harness;

    @Setup
    public void fill() throws Exception {
        KeySelector<QueryEvent, Integer> oneAgent = row -> 0;
        TypeInformation<QueryEvent> type = TypeInformation.of(QueryEvent.class);
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new WindowOperatorBuilder<QueryEvent, Integer, TimeWindow>(
                                SlidingEventTimeWindows.of(Duration.ofSeconds(windowSeconds), Duration.ofSeconds(1)),
                                EventTimeTrigger.create(),
                                new ExecutionConfig(),
                                type,
                                oneAgent,
                                Types.INT)
                        .aggregate(
                                new Sums(),
                                new PassThroughWindowFunction<>(),
                                PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO),
                oneAgent,
                Types.INT);
        harness.open();
        for (int n = 0; n < windowSeconds * AgentStream.ROWS_A_SECOND; n++) {
            insert();
        }
    }

    @TearDown
    public void close() throws Exception {
        harness.close();
    }

    @Benchmark
    public void insert() throws Exception {
        QueryEvent row = stream.next();
        long millis = row.timeMicros() / MILLI_MICROS;
        harness.processElement(row, millis);
        if (millis % SECOND_MILLIS == 0) {
            harness.processWatermark(millis);
            harness.getOutput().clear();
        }
    }

    private static final class Sums implements AggregateFunction<QueryEvent, long[], long[]> {

        private static final long serialVersionUID = 1L;
        private static final int FIGURES = 5;

        @Override
        public long[] createAccumulator() {
            return new long[FIGURES];
        }

        @Override
        public long[] add(QueryEvent row, long[] sums) {
            int latencyMs = Objects.requireNonNull(row.latencyMs());
            sums[0]++;
            sums[1] += latencyMs;
            sums[2] = Math.max(sums[2], latencyMs);
            sums[3] += row.approved() != null && row.approved() ? 1 : 0;
            sums[4] += row.humanEdited() ? 1 : 0;
            return sums;
        }

        @Override
        public long[] getResult(long[] sums) {
            return sums.clone();
        }

        @Override
        public long[] merge(long[] one, long[] other) {
            throw new UnsupportedOperationException("sliding windows are never merged");
        }
    }
}
