package dev.agentpulse.udf.aggregate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Averages and rates as they are shown: two decimals, half away from zero as in Postgres, null where there is nothing. */
public final class Rounding {

    private static final int DECIMALS = 2;

    private Rounding() {}

    public static @Nullable BigDecimal average(BigDecimal sum, long count) {
        return count == 0 ? null : quotient(sum, BigDecimal.valueOf(count));
    }

    public static @Nullable BigDecimal average(long sum, long count) {
        return average(BigDecimal.valueOf(sum), count);
    }

    /** {@code 100 * part / whole}. */
    public static @Nullable BigDecimal percent(long part, long whole) {
        return average(BigDecimal.valueOf(part).movePointRight(2), whole);
    }

    static BigDecimal quotient(BigDecimal numerator, BigDecimal denominator) {
        return numerator.divide(denominator, DECIMALS, RoundingMode.HALF_UP);
    }
}
