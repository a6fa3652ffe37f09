package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.agentpulse.udf.outlook.Trend.Direction;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrendTest {

    private static final long SEED = 7;

    @Test
    void aLineRisesByItsSlope() {
        Trend trend = Trend.of(IntStream.range(0, 60).mapToDouble(i -> 100 + i).toArray());
        assertThat(trend.direction()).isEqualTo(Direction.RISING);
        assertThat(trend.slope()).isEqualTo(1);
        assertThat(trend.changePct()).isCloseTo(100 * 59 / 129.5, within(1e-9));
    }

    /** Every pair goes up: S = 1770, variance 60·59·125/18. */
    @Test
    void theStatisticIsThatOfTheBooks() {
        Trend trend = Trend.of(IntStream.range(0, 60).mapToDouble(i -> i).toArray());
        assertThat(trend.z()).isCloseTo(1769 / Math.sqrt(60.0 * 59 * 125 / 18), within(1e-9));
        // Of 4 values with a tie of 2: S = 5, variance (4·3·13 − 2·1·9) / 18.
        assertThat(Trend.of(new double[] {1, 2, 2, 3}).z()).isCloseTo(4 / Math.sqrt(138.0 / 18), within(1e-9));
    }

    @Test
    void oneOutlierIsNoTrend() {
        double[] values = new double[60];
        values[59] = 1e6;
        Trend trend = Trend.of(values);
        assertThat(trend.direction()).isEqualTo(Direction.FLAT);
        assertThat(trend.slope()).isZero();
    }

    @Test
    void aSmallChangeIsFlatHoweverSure() {
        Trend trend =
                Trend.of(IntStream.range(0, 60).mapToDouble(i -> 100_000 - i).toArray());
        assertThat(trend.z()).isLessThan(-2.58);
        assertThat(trend.direction()).isEqualTo(Direction.FLAT);
    }

    @Test
    void nothingIsFlat() {
        assertThat(Trend.of(new double[60])).isEqualTo(new Trend(Direction.FLAT, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Trend.of(new double[1]));
    }

    @Test
    void noiseSeldomHasATrend() {
        Random random = new Random(SEED);
        long named = IntStream.range(0, 2000)
                .filter(i -> Trend.of(random.doubles(60, 0, 10).toArray()).direction() != Direction.FLAT)
                .count();
        assertThat(named).as("of 2000, seed %s", SEED).isLessThan(40);
    }
}
