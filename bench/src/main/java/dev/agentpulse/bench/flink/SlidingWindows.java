package dev.agentpulse.bench.flink;

import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;

/**
 * The windows of the DataStream API: count, sum and the like of inserted queries, each window once, when the watermark
 * passes its end. Updates are not taken note of, and there are no percentiles.
 */
final class SlidingWindows {

    private static final Duration OUT_OF_ORDER = Duration.ofMillis(200);

    private static final List<Window> WINDOWS = List.of(
            new Window("1m", Duration.ofMinutes(1), Duration.ofSeconds(1)),
            new Window("5m", Duration.ofMinutes(5), Duration.ofSeconds(5)),
            new Window("1h", Duration.ofHours(1), Duration.ofMinutes(1)));

    private SlidingWindows() {}

    private record Window(String name, Duration size, Duration slide) {}

    static JobClient submit(StreamExecutionEnvironment environment, StockConnector connector) {
        KeyedStream<QueryInsert, String> byAgent = environment
                .fromSource(
                        connector.source(new QueryInsertDeserializer()),
                        WatermarkStrategy.<QueryInsert>forBoundedOutOfOrderness(OUT_OF_ORDER)
                                .withTimestampAssigner((query, unused) -> query.createdAtMillis()),
                        "queries")
                .keyBy(QueryInsert::agent);
        WINDOWS.stream()
                .map(window -> figures(byAgent, window))
                .reduce(DataStream::union)
                .orElseThrow()
                .sinkTo(JdbcSink.<AgentWindow>builder()
                        .withQueryStatement(AgentWindow.upsertInto(connector.schema()), AgentWindow::set)
                        .withExecutionOptions(StockConnector.batches())
                        .buildAtLeastOnce(connector.sinkConnection()));
        try {
            return environment.executeAsync("sliding windows");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static DataStream<AgentWindow> figures(KeyedStream<QueryInsert, String> byAgent, Window window) {
        return byAgent.window(SlidingEventTimeWindows.of(window.size(), window.slide()))
                .aggregate(new QuerySums(), new AgentWindow.Named(window.name()));
    }
}
