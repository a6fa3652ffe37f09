package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void averagesAndRatesAreRoundedHalfAwayFromZero() {
        assertThat(Rounding.average(1, 8)).isEqualByComparingTo("0.13");
        assertThat(Rounding.average(-1, 8)).isEqualByComparingTo("-0.13");
        assertThat(Rounding.average(new BigDecimal("10.005"), 1)).isEqualTo("10.01");
        assertThat(Rounding.percent(1, 3)).isEqualTo(new BigDecimal("33.33"));
        assertThat(Rounding.percent(2, 2)).isEqualTo(new BigDecimal("100.00"));
    }

    @Test
    void nothingToAverageIsNull() {
        assertThat(Rounding.average(0, 0)).isNull();
        assertThat(Rounding.percent(0, 0)).isNull();
    }

    @Test
    void qualityScoreWeighsApprovalEditsAndSpeed() {
        // 0.5 * 75 + 0.3 * (100 - 20) + 0.2 * (100 - 150 / 10)
        assertThat(new QualityScore(10, 8, 1_200, 3, 1, 2).value()).isEqualByComparingTo("78.50");
        assertThat(new QualityScore(1, 1, 0, 1, 0, 0).value()).isEqualByComparingTo("100");
    }

    @Test
    void aSlowAverageTakesNothingOffBeyondTheSpeedPart() {
        assertThat(new QualityScore(1, 1, 1_000, 1, 0, 0).value()).isEqualByComparingTo("80");
        assertThat(new QualityScore(1, 1, 60_000, 1, 0, 0).value()).isEqualByComparingTo("80");
    }

    @Test
    void qualityScoreIsComputedFromExactParts() {
        // From rates and averages that are rounded first it would be 83.34.
        assertThat(new QualityScore(3, 1, 0, 2, 1, 0).value()).isEqualByComparingTo("83.33");
    }

    @Test
    void qualityScoreNeedsAllThreeParts() {
        assertThat(new QualityScore(0, 0, 0, 0, 0, 0).value()).isNull();
        assertThat(new QualityScore(2, 2, 10, 0, 0, 0).value()).isNull();
        assertThat(new QualityScore(2, 0, 0, 1, 0, 0).value()).isNull();
    }

    @Test
    void healthComparesTheExactAverage() {
        assertThat(HealthStatus.of(0, 0, 0)).isEqualTo(HealthStatus.IDLE);
        assertThat(HealthStatus.of(2, 0, 0)).isEqualTo(HealthStatus.HEALTHY);
        assertThat(HealthStatus.of(2, 2, 200)).isEqualTo(HealthStatus.HEALTHY);
        assertThat(HealthStatus.of(2, 2, 201)).isEqualTo(HealthStatus.WARNING);
        assertThat(HealthStatus.of(2, 2, 400)).isEqualTo(HealthStatus.WARNING);
        assertThat(HealthStatus.of(3, 2, 401)).isEqualTo(HealthStatus.DEGRADED);
        assertThat(HealthStatus.of(1, 1, 50, 10, 40)).isEqualTo(HealthStatus.DEGRADED);
        assertThat(HealthStatus.DEGRADED.text()).isEqualTo("degraded");
    }
}
