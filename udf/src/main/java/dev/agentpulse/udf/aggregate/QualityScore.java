package dev.agentpulse.udf.aggregate;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * One number from 0 to 100 for how good an agent's answers are: half of it the approval rate, three tenths the share of
 * answers that nobody had to edit, two tenths speed, where an average of a second or more is worth nothing.
 *
 * <p>It is computed from the exact rates and average, not from the rounded ones that are shown beside it.
 */
public record QualityScore(
        long queries, long latencyCount, long latencySum, long approved, long rejected, long edited) {

    /** The score, rounded; null if nothing was asked, reviewed or timed. */
    public @Nullable BigDecimal value() {
        long reviewed = approved + rejected;
        if (queries == 0 || latencyCount == 0 || reviewed == 0) {
            return null;
        }
        // All three parts over the common denominator reviewed * queries * latencyCount, so that nothing is rounded
        // yet.
        BigDecimal approval = product(50, approved, queries, latencyCount);
        BigDecimal unedited = product(30, queries - edited, reviewed, latencyCount);
        BigDecimal left = BigDecimal.valueOf(latencyCount)
                .movePointRight(2)
                .subtract(BigDecimal.valueOf(latencySum).movePointLeft(1))
                .max(BigDecimal.ZERO);
        BigDecimal speed = left.multiply(product(2, reviewed, queries)).movePointLeft(1);
        return Rounding.quotient(approval.add(unedited).add(speed), product(reviewed, queries, latencyCount));
    }

    private static BigDecimal product(long... factors) {
        BigDecimal product = BigDecimal.ONE;
        for (long factor : factors) {
            product = product.multiply(BigDecimal.valueOf(factor));
        }
        return product;
    }
}
