package dev.agentpulse.job.model;

import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A row of a table that looks ahead. Exactly the component of its table is set.
 *
 * @param subject the agent, or the queue
 * @param asOfMicros the log's time up to which everything is in it
 */
public record OutlookRow(
        Kind kind,
        String subject,
        long asOfMicros,
        @Nullable Trend trend,
        @Nullable Forecast forecast,
        @Nullable Quality quality) {

    /** Which row of a subject it is. */
    public enum Kind {
        TREND,
        QUALITY,
        QUERY_COUNT,
        CONCURRENCY,
        REQUESTED,
        PENDING;

        /** As it is in tables. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Of {@code agent_trend}; rates a minute, latencies in milliseconds, changes in percent.
     *
     * @param band5m null where no band is known; likewise {@code band1h}
     */
    public record Trend(
            BigDecimal rate5m,
            BigDecimal rate1h,
            @Nullable BigDecimal latency5mMs,
            @Nullable BigDecimal latency1hMs,
            @Nullable String trend,
            @Nullable BigDecimal changePct,
            @Nullable BigDecimal changeVsYesterdayPct,
            @Nullable BigDecimal changeVsLastWeekPct,
            @Nullable Band band5m,
            @Nullable Band band1h) {}

    /** How many queries a window should hold, and how far it is from that. */
    public record Band(BigDecimal expected, BigDecimal low, BigDecimal high, BigDecimal z) {}

    /**
     * Of {@code agent_forecast} and {@code approval_forecast}; a value a slot.
     *
     * @param low null where no band is known; likewise {@code high}
     * @param queue only of {@link Kind#PENDING}
     */
    @SuppressWarnings("ArrayRecordComponent") // Flink has serializers for arrays and none for lists.
    public record Forecast(
            long firstSlotMicros,
            double[] expected,
            double @Nullable [] low,
            double @Nullable [] high,
            String basis,
            @Nullable Queue queue) {}

    /** Whether the queue can be worked off. */
    public record Queue(
            @Nullable BigDecimal minutesToClear,
            int breachesNext15m,
            @Nullable Integer approversNeeded) {}

    /** Of {@code agent_quality}; points from 0 to 100. */
    public record Quality(
            @Nullable Integer score,
            BigDecimal adjusted,
            long reviewed,
            BigDecimal low,
            BigDecimal high,
            String confidence,
            BigDecimal changePoints) {}

    public static OutlookRow of(String agent, long asOfMicros, Trend trend) {
        return new OutlookRow(Kind.TREND, agent, asOfMicros, trend, null, null);
    }

    public static OutlookRow of(String agent, long asOfMicros, Quality quality) {
        return new OutlookRow(Kind.QUALITY, agent, asOfMicros, null, null, quality);
    }

    public static OutlookRow of(Kind kind, String subject, long asOfMicros, Forecast forecast) {
        return new OutlookRow(kind, subject, asOfMicros, null, forecast, null);
    }
}
