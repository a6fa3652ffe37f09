package dev.agentpulse.udf.table;

import dev.agentpulse.udf.aggregate.ApprovalWindow;
import dev.agentpulse.udf.aggregate.LatencyHistogram;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.functions.AggregateFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@code RESOLUTION_PERCENTILE(created_at, updated_at, percent)}: the discrete percentile of the time from one to the
 * other in seconds, exact to the hundredth up to one hour and at most 1 % above beyond. Rows without one of the times
 * have no part in it; without any row it is null.
 */
@FunctionHint(output = @DataTypeHint("DECIMAL(18, 2)"))
public final class ResolutionPercentileFunction extends AggregateFunction<@Nullable BigDecimal, ValueCounts> {

    private static final long NANOS_PER_MICRO = 1_000;

    private static LatencyHistogram histogram() {
        return new LatencyHistogram(ApprovalWindow.EXACT_RESOLUTION_HUNDREDTHS);
    }

    @Override
    public ValueCounts createAccumulator() {
        return new ValueCounts();
    }

    public void accumulate(
            ValueCounts counts,
            @DataTypeHint("TIMESTAMP_LTZ(6)") @Nullable Instant createdAt,
            @DataTypeHint("TIMESTAMP_LTZ(6)") @Nullable Instant updatedAt,
            Integer percent)
            throws Exception {
        count(counts, createdAt, updatedAt, percent, 1);
    }

    public void retract(
            ValueCounts counts,
            @DataTypeHint("TIMESTAMP_LTZ(6)") @Nullable Instant createdAt,
            @DataTypeHint("TIMESTAMP_LTZ(6)") @Nullable Instant updatedAt,
            Integer percent)
            throws Exception {
        count(counts, createdAt, updatedAt, percent, -1);
    }

    private static void count(
            ValueCounts counts, @Nullable Instant createdAt, @Nullable Instant updatedAt, int percent, int delta)
            throws Exception {
        if (createdAt != null && updatedAt != null) {
            long micros = micros(Duration.between(createdAt, updatedAt));
            counts.count(histogram(), ApprovalWindow.hundredths(micros), percent, delta);
        }
    }

    private static long micros(Duration duration) {
        return Math.addExact(
                Math.multiplyExact(duration.getSeconds(), 1_000_000L), duration.getNano() / NANOS_PER_MICRO);
    }

    public void merge(ValueCounts counts, Iterable<ValueCounts> others) throws Exception {
        counts.merge(others);
    }

    @Override
    public @Nullable BigDecimal getValue(ValueCounts counts) {
        OptionalLong value = counts.percentile(histogram());
        return value.isEmpty() ? null : BigDecimal.valueOf(value.getAsLong(), 2);
    }
}
