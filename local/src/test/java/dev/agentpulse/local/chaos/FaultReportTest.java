package dev.agentpulse.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FaultReportTest {

    private static final Fault FAULT = Fault.KILL_TASK_MANAGER;

    @Test
    void isWellOnlyWhenFreshAgainWithoutADifference() {
        Optional<Duration> recovered = Optional.of(Duration.ofSeconds(3));

        assertThat(new FaultReport(1, FAULT, recovered, List.of()).isWell()).isTrue();
        assertThat(new FaultReport(1, FAULT, recovered, List.of("a row")).isWell())
                .isFalse();
        assertThat(new FaultReport(1, FAULT, Optional.empty(), List.of()).isWell())
                .isFalse();
    }

    @Test
    void summarisesAKindByMedianAndLongestTime() {
        List<FaultReport> reports = List.of(report(9), report(2), report(4));

        assertThat(RecoveryTimes.line(FAULT, reports)).contains("4.0 s").contains("9.0 s");
    }

    @Test
    void takesTheMiddleOfAnEvenNumberOfTimes() {
        assertThat(RecoveryTimes.line(FAULT, List.of(report(2), report(4), report(9), report(5))))
                .contains("4.5 s");
    }

    @Test
    void saysNeverWhenOneOfAKindDidNotRecover() {
        List<FaultReport> reports = List.of(report(2), new FaultReport(2, FAULT, Optional.empty(), List.of()));

        assertThat(RecoveryTimes.line(FAULT, reports)).contains("never");
    }

    private static FaultReport report(int seconds) {
        return new FaultReport(1, FAULT, Optional.of(Duration.ofSeconds(seconds)), List.of());
    }
}
