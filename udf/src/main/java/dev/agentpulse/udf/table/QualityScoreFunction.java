package dev.agentpulse.udf.table;

import dev.agentpulse.udf.aggregate.QualityScore;
import java.math.BigDecimal;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.functions.AggregateFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@code QUALITY_SCORE(latency_ms, approved, human_edited)}: {@link QualityScore} of all rows. Null until one row was
 * reviewed and one has a latency.
 */
@FunctionHint(output = @DataTypeHint("DECIMAL(5, 2)"))
public final class QualityScoreFunction extends AggregateFunction<@Nullable BigDecimal, QualityScoreFunction.Counts> {

    /** What the score is made of. Public and mutable, because Flink reads and writes the fields of an accumulator. */
    public static class Counts {
        public long queries;
        public long latencyCount;
        public long latencySum;
        public long approved;
        public long rejected;
        public long edited;
    }

    @Override
    public Counts createAccumulator() {
        return new Counts();
    }

    public void accumulate(
            Counts counts, @Nullable Integer latencyMs, @Nullable Boolean approved, @Nullable Boolean humanEdited) {
        count(counts, latencyMs, approved, humanEdited, 1);
    }

    public void retract(
            Counts counts, @Nullable Integer latencyMs, @Nullable Boolean approved, @Nullable Boolean humanEdited) {
        count(counts, latencyMs, approved, humanEdited, -1);
    }

    private static void count(
            Counts counts,
            @Nullable Integer latencyMs,
            @Nullable Boolean approved,
            @Nullable Boolean humanEdited,
            int sign) {
        counts.queries += sign;
        if (latencyMs != null) {
            counts.latencyCount += sign;
            counts.latencySum += (long) sign * latencyMs;
        }
        if (approved != null && approved) {
            counts.approved += sign;
        } else if (approved != null) {
            counts.rejected += sign;
        }
        if (humanEdited != null && humanEdited) {
            counts.edited += sign;
        }
    }

    public void merge(Counts counts, Iterable<Counts> others) {
        for (Counts other : others) {
            counts.queries += other.queries;
            counts.latencyCount += other.latencyCount;
            counts.latencySum += other.latencySum;
            counts.approved += other.approved;
            counts.rejected += other.rejected;
            counts.edited += other.edited;
        }
    }

    @Override
    public @Nullable BigDecimal getValue(Counts counts) {
        return new QualityScore(
                        counts.queries,
                        counts.latencyCount,
                        counts.latencySum,
                        counts.approved,
                        counts.rejected,
                        counts.edited)
                .value();
    }
}
