package dev.agentpulse.local.chaos.starts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.local.chaos.starts.StartSchedule.Strike;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartTotalsTest {

    private static StartReport report(long seed, String... differences) {
        StartSchedule schedule = new StartSchedule(
                seed,
                1,
                100,
                10,
                10,
                true,
                List.of(
                        new Strike(StartFault.KILL_PROCESS, true, 0),
                        new Strike(StartFault.KILL_PROCESS, false, 5),
                        new Strike(StartFault.CHECKPOINT, false, 5)),
                List.of(new Strike(StartFault.CHECKPOINT, false, 5)),
                10);
        return new StartReport(
                schedule,
                List.of(StartFault.KILL_PROCESS),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                List.of(differences));
    }

    @Test
    void countsFaultsByKindAndNamesTheSeedsThatDiffer() {
        List<String> lines = StartTotals.of(List.of(report(8, "a row is missing"), report(7)))
                .lines()
                .map(line -> line.replaceAll(" +", " "))
                .toList();

        assertThat(lines)
                .contains(
                        "kill-process 4 2 0",
                        "checkpoint 2 0 2",
                        "lose-task-manager 0 0 0",
                        "all 6 2 2",
                        "2 schedules: 1 equal to plain SQL, 1 different")
                .last()
                .asString()
                .startsWith("Different: seeds [8]");
    }
}
