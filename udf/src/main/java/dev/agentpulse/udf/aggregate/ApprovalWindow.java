package dev.agentpulse.udf.aggregate;

import dev.agentpulse.udf.aggregate.ApprovalEvent.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The figures of the approvals in one window. */
public final class ApprovalWindow implements Window<ApprovalEvent, ApprovalSlice> {

    /** Resolutions up to an hour have percentiles exact to the hundredth of a second, longer ones within 1 %. */
    public static final int EXACT_RESOLUTION_HUNDREDTHS = 360_000;

    private static final long MICROS_PER_HUNDREDTH = 10_000;
    private static final int MICROS_DECIMALS = 6;

    private final long slaMicros;
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final LatencyHistogram resolutionHundredths = new LatencyHistogram(EXACT_RESOLUTION_HUNDREDTHS);

    /** Wider than a long: rows may lie millennia apart, and a few of those are enough. */
    private BigInteger resolutionSum = BigInteger.ZERO;

    private long withinSla;

    /** @param slaMicros a decision is within the SLA if it took at most this long */
    public ApprovalWindow(long slaMicros) {
        this.slaMicros = slaMicros;
    }

    @Override
    public void add(ApprovalEvent event) {
        count(event.kind(), event.resolutionMicros(), 1, 1);
    }

    @Override
    public void retract(ApprovalEvent event) {
        count(event.kind(), event.resolutionMicros(), 1, -1);
    }

    @Override
    public void combine(ApprovalSlice slice) {
        countSlice(slice.rows(), 1);
    }

    @Override
    public void invert(ApprovalSlice slice) {
        countSlice(slice.rows(), -1);
    }

    private void countSlice(ApprovalSlice.Rows rows, int sign) {
        for (Kind kind : Kind.values()) {
            rows.of(kind).forEach((resolution, times) -> count(kind, resolution, times, sign));
        }
    }

    private void count(Kind kind, long resolutionMicros, int times, int sign) {
        counts.merge(kind, (long) sign * times, Long::sum);
        if (kind == Kind.REQUESTED) {
            return;
        }
        resolutionSum = resolutionSum.add(
                BigInteger.valueOf(resolutionMicros).multiply(BigInteger.valueOf((long) sign * times)));
        if (resolutionMicros <= slaMicros) {
            withinSla += (long) sign * times;
        }
        if (sign > 0) {
            resolutionHundredths.add(hundredths(resolutionMicros), times);
        } else {
            resolutionHundredths.remove(hundredths(resolutionMicros), times);
        }
    }

    /** Rounded half away from zero, as a rounded number of seconds in Postgres. */
    public static long hundredths(long micros) {
        long rounded = (Math.abs(micros) + MICROS_PER_HUNDREDTH / 2) / MICROS_PER_HUNDREDTH;
        return micros < 0 ? -rounded : rounded;
    }

    @Override
    public boolean isEmpty() {
        return requestedCount() + decidedCount() == 0;
    }

    public long requestedCount() {
        return counts.getOrDefault(Kind.REQUESTED, 0L);
    }

    public long approvedCount() {
        return counts.getOrDefault(Kind.APPROVED, 0L);
    }

    public long rejectedCount() {
        return counts.getOrDefault(Kind.REJECTED, 0L);
    }

    public long expiredCount() {
        return counts.getOrDefault(Kind.EXPIRED, 0L);
    }

    public long decidedCount() {
        return approvedCount() + rejectedCount() + expiredCount();
    }

    public long withinSlaCount() {
        return withinSla;
    }

    public BigInteger resolutionMicrosSum() {
        return resolutionSum;
    }

    /** Approved of all decided, in percent; null if none was decided. */
    public @Nullable BigDecimal approvalRate() {
        return Rounding.percent(approvedCount(), decidedCount());
    }

    /** Decided within the SLA of all decided, in percent; null if none was decided. */
    public @Nullable BigDecimal slaCompliance() {
        return Rounding.percent(withinSla, decidedCount());
    }

    /** Average time to a decision in seconds, null if there was none. */
    public @Nullable BigDecimal averageResolutionSeconds() {
        return Rounding.average(new BigDecimal(resolutionSum, MICROS_DECIMALS), decidedCount());
    }

    /** A percentile of the time to a decision in seconds, {@code percent} in 1..100; null if there was none. */
    public @Nullable BigDecimal resolutionPercentileSeconds(int percent) {
        OptionalLong value = resolutionHundredths.percentile(percent);
        return value.isEmpty() ? null : BigDecimal.valueOf(value.getAsLong(), 2);
    }
}
