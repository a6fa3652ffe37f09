package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class LatencyHistogramPropertiesTest {

    private static final long EXACT_LIMIT = 1_000;

    @Property
    void percentileIsDiscreteExactToTheLimitAndWithinOnePercentAbove(
            @ForAll("values") List<Long> values, @ForAll @IntRange(min = 1, max = 100) int percent) {
        LatencyHistogram histogram = new LatencyHistogram(EXACT_LIMIT);
        values.forEach(value -> histogram.add(value, 1));
        OptionalLong reported = histogram.percentile(percent);
        NaiveFigures.assertPercentile(
                reported.isPresent() ? Long.valueOf(reported.getAsLong()) : null,
                NaiveFigures.percentile(values, percent),
                EXACT_LIMIT);
        assertThat(histogram.total()).isEqualTo(values.size());
    }

    @Property
    void removingGivesWhatWasThereBeforeAdding(@ForAll("values") List<Long> kept, @ForAll("values") List<Long> gone) {
        LatencyHistogram expected = new LatencyHistogram(EXACT_LIMIT);
        kept.forEach(value -> expected.add(value, 2));
        LatencyHistogram histogram = new LatencyHistogram(EXACT_LIMIT);
        gone.forEach(value -> histogram.add(value, 3));
        kept.forEach(value -> histogram.add(value, 2));
        gone.forEach(value -> histogram.remove(value, 3));
        assertThat(percentiles(histogram)).isEqualTo(percentiles(expected));
    }

    @Property
    void reportedValueIsAFixedPointThatKeepsTheOrder(@ForAll("value") long one, @ForAll("value") long other) {
        LatencyHistogram histogram = new LatencyHistogram(EXACT_LIMIT);
        long reported = histogram.reported(one);
        assertThat(histogram.reported(reported)).isEqualTo(reported);
        assertThat(Long.compare(reported, histogram.reported(other)) * Long.compare(one, other))
                .isNotNegative();
    }

    @Example
    void everyValueAroundAndAboveTheLimitIsReportedWithinOnePercent() {
        for (long limit : new long[] {0, 1, 100, 255, 256, 1_000, 10_000}) {
            LatencyHistogram histogram = new LatencyHistogram(limit);
            for (long value = -10; value <= 200_000; value++) {
                NaiveFigures.assertPercentile(histogram.reported(value), value, limit);
            }
        }
    }

    @Example
    void removingWhatIsNotThereIsRefused() {
        LatencyHistogram histogram = new LatencyHistogram(EXACT_LIMIT);
        histogram.add(5, 1);
        assertThatThrownBy(() -> histogram.remove(5, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("for value 5 it is 2 of 1");
        assertThatThrownBy(() -> histogram.remove(77, 1)).hasMessageContaining("for value 77 it is 1 of 0");
        assertThatThrownBy(() -> histogram.percentile(0)).hasMessage("percent must be in 1..100 but is 0");
    }

    @Provide
    Arbitrary<List<Long>> values() {
        return value().list().ofMaxSize(300);
    }

    @Provide
    Arbitrary<Long> value() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(-100_000, EXACT_LIMIT),
                Arbitraries.longs().between(0, 50),
                Arbitraries.longs().between(EXACT_LIMIT - 3, 2 * EXACT_LIMIT),
                Arbitraries.longs().between(EXACT_LIMIT, WindowSpec.LIMIT_MICROS));
    }

    private static List<OptionalLong> percentiles(LatencyHistogram histogram) {
        List<OptionalLong> percentiles = new ArrayList<>();
        for (int percent = 1; percent <= 100; percent++) {
            percentiles.add(histogram.percentile(percent));
        }
        return percentiles;
    }
}
