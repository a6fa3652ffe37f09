package dev.agentpulse.job.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.job.model.HistoryBucket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryConfigTest {

    @Test
    void defaultsKeepMinutesAWeekAndDaysThreeMonths() {
        HistoryConfig history = SampleConfig.of().history();

        assertThat(history.correctDeletesMicros()).isEqualTo(micros(Duration.ofHours(24)));
        assertThat(history.keptMicros(HistoryBucket.MINUTE)).isEqualTo(micros(Duration.ofDays(7)));
        assertThat(history.keptMicros(HistoryBucket.QUARTER)).isEqualTo(micros(Duration.ofDays(30)));
        assertThat(history.keptMicros(HistoryBucket.HOUR)).isEqualTo(micros(Duration.ofDays(30)));
        assertThat(history.keptMicros(HistoryBucket.DAY)).isEqualTo(micros(Duration.ofDays(90)));
        assertThat(history.reachMicros()).isEqualTo(micros(Duration.ofHours(1)));
    }

    @Test
    void zeroKeepsForEver() {
        HistoryConfig history = SampleConfig.of(
                        JobOptions.HOUR_HISTORY_RETENTION.key(), "0 ms", JobOptions.DAY_HISTORY_RETENTION.key(), "0 ms")
                .history();

        assertThat(history.keptMicros(HistoryBucket.HOUR)).isZero();
        assertThat(history.keptMicros(HistoryBucket.DAY)).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "agentpulse.history.backfill-limit-per-second | 0 | must be positive, but is 0",
                "agentpulse.history.correct-deletes-for | 23 h | must be at least 1 d",
                "agentpulse.retention.history-1m | 47 h | a day more than agentpulse.history.correct-deletes-for",
                "agentpulse.retention.history-15m | 6 d | at least agentpulse.retention.history-1m, which is 7 d",
                "agentpulse.retention.history-1h | 29 d | at least agentpulse.retention.history-15m",
                "agentpulse.retention.history-1d | 29 d | at least agentpulse.retention.history-1h",
                "agentpulse.retention.history-1h | 0 ms | agentpulse.retention.history-1d must be 0 (for ever)"
            })
    void aValueThatDoesNotFitIsRefusedWithASentence(String option, String value, String sentence) {
        assertThatThrownBy(() -> SampleConfig.of(option, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
    }

    private static long micros(Duration duration) {
        return duration.toMillis() * 1000;
    }
}
