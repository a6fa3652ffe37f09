package dev.agentpulse.udf.table;

import dev.agentpulse.udf.aggregate.Rounding;
import java.math.BigDecimal;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.functions.ScalarFunction;
import org.jspecify.annotations.Nullable;

/** {@code ROUNDED_AVERAGE(sum, count)}: two decimals, rounded once, half away from zero; null when there is nothing. */
public final class RoundedAverageFunction extends ScalarFunction {

    @DataTypeHint("DECIMAL(38, 2)")
    public @Nullable BigDecimal eval(@DataTypeHint("DECIMAL(38, 6)") @Nullable BigDecimal sum, @Nullable Long count) {
        return sum == null || count == null ? null : Rounding.average(sum, count);
    }
}
