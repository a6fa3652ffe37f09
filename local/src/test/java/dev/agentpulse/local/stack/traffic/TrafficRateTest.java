package dev.agentpulse.local.stack.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrafficRateTest {

    @Test
    void levelsAscend() {
        assertThat(TrafficRate.parse("none").isSilent()).isTrue();
        assertThat(TrafficRate.parse("normal").changesPerSecond())
                .isPositive()
                .isLessThan(TrafficRate.parse("PEAK").changesPerSecond());
        assertThat(TrafficRate.parse("peak").changesPerSecond())
                .isLessThan(TrafficRate.parse("stress").changesPerSecond());
    }

    @Test
    void takesANumberOfChanges() {
        assertThat(TrafficRate.parse("12.5").changesPerSecond()).isEqualTo(12.5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "NaN", "Infinity", "lots"})
    void refusesWhatIsNoRate(String text) {
        assertThatThrownBy(() -> TrafficRate.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
