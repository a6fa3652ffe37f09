package dev.agentpulse.local.chaos.corrections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.local.chaos.Fault;
import dev.agentpulse.local.chaos.corrections.CorrectionReport.Strike;
import dev.agentpulse.proof.HistoryBuckets.Length;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CorrectionTotalsTest {

    private static final Strike BEFORE = new Strike(Fault.KILL_TASK_MANAGER, Duration.ofMillis(-35));
    private static final Strike AFTER = new Strike(Fault.TERMINATE_WRITER, Duration.ofMillis(12));

    @Test
    void tellsTimesWithAndWithoutAKillApart() {
        List<CorrectionReport> reports = Stream.concat(
                        LongStream.rangeClosed(1, 20).mapToObj(number -> report(null, number, null)),
                        Stream.of(report(BEFORE, 5400L, 20L), report(AFTER, 30L, null)))
                .toList();

        assertThat(lines(reports))
                .contains(
                        "without a kill, from the commit on 20 0.010 s 0.019 s 0.020 s",
                        "with a kill, from the commit on 2 0.030 s 5.400 s 5.400 s",
                        "with a kill, from the job's first fresh result on 1 0.020 s 0.020 s 0.020 s",
                        "Buckets compared: 1m 66, 15m 0, 1h 0, 1d 22",
                        "22 corrections of 88 rows; never equal within 60 s: 0; no longer equal when the job was back: 0");
    }

    @Test
    void countsThoseThatWereNeverEqualAndThoseThatWereNoLonger() {
        CorrectionReport never = report(null, null, null, "a row is missing");
        CorrectionReport noLonger = report(BEFORE, 70L, 3L, "a row is counted twice");

        assertThat(lines(List.of(report(null, 4L, null), never, noLonger)))
                .last()
                .isEqualTo(
                        "3 corrections of 12 rows; never equal within 60 s: 1; no longer equal when the job was back: 1");
        assertThat(List.of(never, noLonger)).noneMatch(CorrectionReport::isWell);
        assertThat(never.line()).endsWith("NEVER EQUAL");
        assertThat(noLonger.line()).endsWith("NO LONGER when the job was back");
    }

    @Test
    void saysWhenTheKillWas() {
        assertThat(report(BEFORE, 5400L, 20L).line())
                .contains("kill-task-manager 35 ms before the commit")
                .endsWith("equal after 5.400 s, 0.020 s after the first fresh result");
        assertThat(report(AFTER, 30L, null).line())
                .contains("terminate-writer 12 ms after the commit")
                .endsWith("equal after 0.030 s, before the job was gone");
        assertThat(report(null, 30L, null).line()).endsWith("equal after 0.030 s");
    }

    private static List<String> lines(List<CorrectionReport> reports) {
        return CorrectionTotals.of(reports)
                .lines()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
    }

    private static CorrectionReport report(
            @Nullable Strike strike, @Nullable Long millis, @Nullable Long ofFresh, String... differences) {
        return new CorrectionReport(
                1,
                4,
                Map.of(Length.MINUTE, 3L, Length.DAY, 1L),
                strike,
                Optional.ofNullable(millis).map(Duration::ofMillis),
                Optional.ofNullable(ofFresh).map(Duration::ofMillis),
                List.of(differences));
    }
}
