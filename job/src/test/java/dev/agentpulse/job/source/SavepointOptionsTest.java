package dev.agentpulse.job.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which options a job may be given that goes on from a savepoint. */
class SavepointOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "agentpulse.window.slide | 2 s | agentpulse.window.slide=1000 ms, and with 2000 ms",
                "agentpulse.window.sizes | 1 min;5 min | agentpulse.window.sizes=1m,5m,1h, and with 1m,5m",
                "agentpulse.window.sizes | 1 min;5 min;2 h | agentpulse.window.sizes=1m,5m,1h, and with 1m,5m,2h",
                "agentpulse.window.agent-extra-sizes | 10 min | agent-extra-sizes=1m,5m,15m,1h, and with 1m,5m,10m,1h",
                "agentpulse.window.quality-extra-sizes | 7 d | quality-extra-sizes=1m,5m,1h,24h, and with 1m,5m,1h,168h",
                "agentpulse.source.queries-table | sales.q | queries-table=public.agent_queries, and with sales.q",
                "agentpulse.source.approvals-table | sales.a | approvals-table=public.agent_approvals, and with sales.a",
                "agentpulse.source.feedback-table | sales.f | feedback-table=public.agent_feedback, and with sales.f"
            })
    void savepointOfOtherLastingOptionsIsRefused(String option, String value, String sentence) throws Exception {
        OperatorSubtaskState savepoint;
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            savepoint = clock.checkpoint();
        }

        assertThatThrownBy(() -> LogClockDriver.restored(savepoint, option, value))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("The savepoint was made with agentpulse.")
                .hasMessageContaining(sentence + " the job cannot go on from it.")
                .hasMessageContaining("./agentpulse resync");
    }

    @ParameterizedTest
    @CsvSource({
        "agentpulse.sla.threshold, 2 min",
        "agentpulse.alert.slow-query-ms, 100",
        "agentpulse.health.degraded-ms, 150",
        "agentpulse.retention.alert, 7 d",
        "agentpulse.tick.min-interval, 50 ms"
    })
    void otherOptionsMayDifferFromTheSavepoints(String option, String value) throws Exception {
        OperatorSubtaskState savepoint;
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            savepoint = clock.checkpoint();
        }

        try (LogClockDriver clock = LogClockDriver.restored(savepoint, option, value)) {
            assertThat(clock.emitted).isEmpty();
        }
    }
}
