package dev.agentpulse.udf.table;

import dev.agentpulse.udf.aggregate.Rounding;
import java.math.BigDecimal;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.ScalarFunction;
import org.jspecify.annotations.Nullable;

/** {@code RATE_PCT(part, whole)}: {@code 100 * part / whole} with two decimals; null when the whole is nothing. */
public final class RatePctFunction extends ScalarFunction {

    @DataTypeHint("DECIMAL(38, 2)")
    public @Nullable BigDecimal eval(@Nullable Long part, @Nullable Long whole) {
        return part == null || whole == null ? null : Rounding.percent(part, whole);
    }
}
