package dev.agentpulse.bench.algebra;

import dev.agentpulse.udf.aggregate.QueryEvent;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** All rows of the window in a list; a row of figures counts and sorts them anew, as a query does. */
@State(Scope.Thread)
public class PlainListBenchmark {

    @Param({"60", "300", "3600", "86400"})
    public int windowSeconds;

    private AgentStream stream = new AgentStream();
    private Deque<QueryEvent> rows = new ArrayDeque<>();

    @Setup
    public void fill() {
        stream = new AgentStream();
        rows = new ArrayDeque<>();
        for (int n = 0; n < windowSeconds * AgentStream.ROWS_A_SECOND; n++) {
            rows.add(stream.next());
        }
    }

    @Benchmark
    public void insertAndFigures(Blackhole sink) {
        rows.add(stream.next());
        rows.remove();
        long sum = 0;
        int approved = 0;
        int reviewed = 0;
        int edited = 0;
        int[] latencies = new int[rows.size()];
        int count = 0;
        for (QueryEvent row : rows) {
            int latencyMs = Objects.requireNonNull(row.latencyMs());
            latencies[count++] = latencyMs;
            sum += latencyMs;
            if (row.approved() != null) {
                reviewed++;
                approved += row.approved() ? 1 : 0;
            }
            edited += row.humanEdited() ? 1 : 0;
        }
        Arrays.sort(latencies);
        sink.consume(sum / count);
        sink.consume(latencies[count - 1]);
        sink.consume(latencies[count / 2]);
        sink.consume(latencies[count * 95 / 100]);
        sink.consume(latencies[count * 99 / 100]);
        sink.consume(100.0 * approved / reviewed);
        sink.consume(100.0 * edited / count);
    }
}
