package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Figures by their definition, from all values at once. */
public final class NaiveFigures {

    private NaiveFigures() {}

    /** SQL's {@code percentile_disc}: the first value, in order, whose place reaches that share of all places. */
    public static @Nullable Long percentile(List<Long> values, int percent) {
        List<Long> sorted = values.stream().sorted().toList();
        for (int place = 1; place <= sorted.size(); place++) {
            if (100L * place >= (long) percent * sorted.size()) {
                return sorted.get(place - 1);
            }
        }
        return null;
    }

    public static @Nullable BigDecimal average(BigDecimal sum, int count) {
        return count == 0 ? null : sum.divide(BigDecimal.valueOf(count), 2, RoundingMode.HALF_UP);
    }

    /** Equal up to the limit, at most 1 % above the true value beyond it. */
    public static void assertPercentile(@Nullable Long reported, @Nullable Long truth, long exactLimit) {
        if (reported == null || truth == null || truth <= exactLimit) {
            assertThat(reported).isEqualTo(truth);
        } else {
            assertThat(reported).isBetween(truth, truth + truth / 100);
        }
    }
}
