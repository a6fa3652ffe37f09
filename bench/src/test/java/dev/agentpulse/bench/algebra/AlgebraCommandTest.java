package dev.agentpulse.bench.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AlgebraCommandTest {

    @Test
    void eachBenchmarkRuns() {
        StringWriter out = new StringWriter();
        int exit = new CommandLine(new AlgebraCommand())
                .setOut(new PrintWriter(out))
                .execute("--once");

        assertThat(exit).isZero();
        assertThat(out.toString()).contains("3,600 s", "bytes a row");
    }

    @Test
    void updatedRowsAreInTheWindow() {
        AlgebraBenchmark benchmark = new AlgebraBenchmark();
        benchmark.windowSeconds = 60;
        benchmark.fill();
        for (int n = 0; n < 2_000; n++) {
            assertThat(benchmark.insertAndUpdate()).isTrue();
        }
    }
}
