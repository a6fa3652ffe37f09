package dev.agentpulse.udf.aggregate;

import java.math.BigDecimal;
import java.util.List;

/**
 * What an approval adds to history: a request, and once it is decided a decision, each by its own time.
 *
 * <p>The distribution is of the time that decisions took, in hundredths of a second, rounded up, so that it tells what was
 * within an SLA of whole hundredths; beyond an hour by bins of less than 1 %, as {@link ApprovalWindow} has it, and beyond 248
 * days, the greatest int, as that.
 *
 * @param event a request or a decision
 * @param pending whether a request is not decided
 */
public record ApprovalHistory(ApprovalEvent event, boolean pending) implements HistoryEvent {

    /** The counts, in their order. */
    public static final List<String> COUNTS =
            List.of("requested_count", "pending_count", "approved_count", "rejected_count", "expired_count");

    /** The sums, in their order. */
    public static final List<String> SUMS = List.of("resolution_sum_seconds");

    private static final long MICROS_PER_HUNDREDTH = 10_000;
    private static final int MICROS_DECIMALS = 6;

    /** Only asked how it reports a value. */
    private static final LatencyHistogram SCALE = new LatencyHistogram(ApprovalWindow.EXACT_RESOLUTION_HUNDREDTHS);

    public ApprovalHistory {
        if (pending && event.kind() != ApprovalEvent.Kind.REQUESTED) {
            throw new IllegalArgumentException("a decision is not pending: " + event);
        }
    }

    @Override
    public long timeMicros() {
        return event.timeMicros();
    }

    @Override
    public void addTo(HistoryTotals totals, int sign) {
        switch (event.kind()) {
            case REQUESTED -> {
                totals.count(0, sign);
                if (pending) {
                    totals.count(1, sign);
                }
                return;
            }
            case APPROVED -> totals.count(2, sign);
            case REJECTED -> totals.count(3, sign);
            case EXPIRED -> totals.count(4, sign);
        }
        totals.sum(0, BigDecimal.valueOf(event.resolutionMicros(), MICROS_DECIMALS), sign);
        totals.value(hundredths(event.resolutionMicros()), sign);
    }

    private static int hundredths(long micros) {
        long roundedUp = -Math.floorDiv(-micros, MICROS_PER_HUNDREDTH);
        long held = Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, roundedUp));
        return Math.toIntExact(SCALE.reported(held));
    }

    /** The longest time in whole hundredths that an SLA allows. */
    public static long slaHundredths(long slaMicros) {
        return Math.floorDiv(slaMicros, MICROS_PER_HUNDREDTH);
    }
}
