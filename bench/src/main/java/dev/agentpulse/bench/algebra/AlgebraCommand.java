package dev.agentpulse.bench.algebra;

import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QuerySlice;
import dev.agentpulse.udf.aggregate.QueryWindow;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The windows by JMH, and the bytes that a checkpoint holds of one agent. */
@Command(
        name = "algebra",
        description = {
            "Measure what a change and a row of figures cost, by the length of the window, beside Flink's sliding windows"
                    + " and a plain list.",
            "Needs no database. Takes about three minutes."
        },
        mixinStandardHelpOptions = true)
public final class AlgebraCommand implements Callable<Integer> {

    private static final TimeValue ITERATION = TimeValue.seconds(1);
    private static final List<Integer> WINDOWS = List.of(60, 300, 3_600, 86_400);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls run
    private CommandSpec spec;

    @Option(
            names = "--once",
            description = "One short iteration of each, to see that it runs; its figures mean nothing.")
    private boolean once;

    @Override
    public Integer call() throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(AlgebraBenchmark.class.getName())
                .include(FlinkWindowsBenchmark.class.getName())
                .include(PlainListBenchmark.class.getName())
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .warmupTime(ITERATION)
                .measurementTime(ITERATION);
        if (once) {
            options.verbosity(VerboseMode.SILENT)
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .param("windowSeconds", "60");
        } else {
            options.forks(1).warmupIterations(3).measurementIterations(5);
        }
        int results = new Runner(options.build()).run().size();
        printState(spec.commandLine().getOut());
        return results > 0 ? 0 : 1;
    }

    private static void printState(PrintWriter out) {
        out.println();
        out.println(
                "State of one agent with " + AgentStream.ROWS_A_SECOND + " rows a second, as it lies in a checkpoint:");
        for (int seconds : WINDOWS) {
            long rows = (long) seconds * AgentStream.ROWS_A_SECOND;
            long bytes = stateBytes(seconds);
            out.printf(
                    "%,8d s  %,9d rows  %,10d bytes  %5.1f bytes a row%n", seconds, rows, bytes, (double) bytes / rows);
        }
        out.flush();
    }

    static long stateBytes(int windowSeconds) {
        SlidingWindows<QueryEvent, QuerySlice, QueryWindow> windows = AlgebraBenchmark.windowsOf(windowSeconds);
        AgentStream stream = new AgentStream();
        for (int n = 0; n < windowSeconds * AgentStream.ROWS_A_SECOND; n++) {
            QueryEvent row = stream.next();
            windows.advanceTo(row.timeMicros(), step -> {});
            windows.insert(row);
        }
        long[] bytes = {0};
        windows.drainChangedSlices(
                (end, slice) -> bytes[0] += Long.BYTES + (slice == null ? 0 : slice.encode().length));
        return bytes[0];
    }
}
