package dev.agentpulse.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.agentpulse.bench.freshness.FreshnessReport.Point;
import dev.agentpulse.bench.load.Load;
import dev.agentpulse.bench.load.LoadResult;
import dev.agentpulse.bench.scenario.Samples.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final Machine MACHINE =
            new Machine("a processor", 2, 8_000, "Linux", "Java 17", "1.20.3", "17.7", "abcdef", 0.25);

    @TempDir
    Path folder;

    @Test
    void tellsTheMedianAndItsSpreadOfEachSubject() {
        Report report = report(Map.of(), outcome("agentpulse", 9, 30, 12), outcome("triggers", 5));

        assertThat(report.markdown())
                .contains("| median (least to most) | agentpulse | triggers |")
                .contains("| commit to row, p99 (ms) | 12 (9 to 30) | 5 |")
                .contains("a processor, 2 cores")
                .contains("commit abcdef")
                .contains("Nothing is expected.")
                .doesNotContain("notification");
    }

    @Test
    void saysWhatIsExpectedAndWasMissed() {
        Report missed = report(Map.of(Metric.ROW_P99, 11.0, Metric.ROW_P50, 5.0), outcome("agentpulse", 9, 30, 12));
        Report met = report(Map.of(Metric.ROW_P99, 12.0), outcome("agentpulse", 9, 30, 12));

        assertThat(missed.misses())
                .containsExactly(
                        "Missed: commit to row, p50 (ms) is expected to be at most 5, and was not measured.",
                        "Missed: commit to row, p99 (ms) is expected to be at most 11, and was 12.");
        assertThat(met.misses()).isEmpty();
    }

    @Test
    void insertsAreComparedWithThoseThatNobodyReads() {
        Report report = new Report(
                scenario(Map.of()),
                MACHINE,
                "now",
                List.of(),
                List.of(
                        new InsertCost("nothing", 8, 8_000, 1, 2),
                        new InsertCost("notify", 8, 500, 40, 90),
                        new InsertCost("nothing", 32, 9_000, 1, 2)));

        assertThat(report.markdown())
                .contains("| nothing | 8 | 8,000 | 1 | 1 | 2 |")
                .contains("| notify | 8 | 500 | 0.06 | 40 | 90 |")
                .contains("| nothing | 32 | 9,000 | 1 |");
    }

    @Test
    void onlyTheMeasuredTimeCountsForCoresAndAllOfItForTheCostOfAChange() {
        List<Sample> samples = List.of(
                new Sample(0, 10, 5, 0, 0, 0),
                new Sample(10, 20, 6, 1 << 20, 0, 1_000),
                new Sample(20, 22, 7, 3 << 20, 0, 3_000),
                new Sample(30, 23, 8, 9 << 20, 0, 9_000));

        Repetition repetition = Repetition.of(
                null,
                new LoadResult(1_000_000, 500_000, 10, 1, 2, 3, 4),
                OptionalDouble.empty(),
                OptionalLong.of(5 << 20),
                samples,
                10,
                20);

        assertThat(repetition.metrics())
                .containsEntry(Metric.SUBJECT_CORES, 0.2)
                .containsEntry(Metric.POSTGRES_CORES, 0.1)
                .containsEntry(Metric.SUBJECT_MEMORY, 3.0)
                .containsEntry(Metric.WAL, 200.0)
                .containsEntry(Metric.STATE, 5.0)
                .containsEntry(Metric.CPU_PER_MILLION, 16.0)
                .containsEntry(Metric.CHANGES, 50_000.0)
                .doesNotContainKeys(Metric.POSTGRES_MEMORY, Metric.ROW_P50);
    }

    @Test
    void writesMarkdownJsonAndPlots() throws IOException {
        RunCommand.write(report(Map.of(Metric.ROW_P99, 12.0), outcome("agentpulse", 9, 30, 12)), folder);

        JsonNode json = new JsonMapper().readTree(folder.resolve("report.json").toFile());
        assertThat(json.at("/outcomes/0/repetitions/1/metrics/row-p99-ms").asDouble())
                .isEqualTo(30);
        assertThat(json.at("/scenario/at-most/row-p99-ms").asDouble()).isEqualTo(12);
        assertThat(folder.resolve("report.md")).isNotEmptyFile();
        assertThat(Files.readString(folder.resolve("freshness.svg"))).contains("<svg", "<path");
        assertThat(folder.resolve("cores.svg")).isNotEmptyFile();
    }

    private static Report report(Map<Metric, Double> atMost, Outcome... outcomes) {
        return new Report(scenario(atMost), MACHINE, "2026-01-01T00:00:00Z", List.of(outcomes), List.of());
    }

    private static Outcome outcome(String subject, double... p99) {
        List<Repetition> repetitions = Arrays.stream(p99)
                .mapToObj(value -> new Repetition(
                        Map.of(Metric.ROW_P99, value),
                        List.of(new Point(0, value), new Point(1, 0), new Point(2, value)),
                        List.of(
                                new Sample(0, 0, 0, 0, 0, 0),
                                new Sample(1, 1, 1, 0, 0, 0),
                                new Sample(2, 2, 2, 0, 0, 0))))
                .toList();
        return new Outcome(subject, repetitions);
    }

    private static Scenario scenario(Map<Metric, Double> atMost) {
        return new Scenario(
                "mine",
                "Some words",
                new Load(10, false, 1, new Load.Tables(100, 0, 0), 0, 1, 0, 1),
                0,
                1,
                1,
                0,
                3,
                false,
                0,
                List.of(),
                List.of(),
                atMost,
                Map.of());
    }
}
