package dev.agentpulse.udf.outlook;

import org.jspecify.annotations.Nullable;

/**
 * What the next 24 h are expected to bring, in slots of 15 minutes, and between which values four of five of them will lie.
 *
 * @param firstSlot the first of them, the one that is open, counted from 1970 by 15 minutes
 * @param low null where too few forecasts have been compared yet; likewise {@code high}
 */
@SuppressWarnings("ArrayRecordComponent") // made for one reader, who writes it
public record DayForecast(
        long firstSlot,
        double[] expected,
        double @Nullable [] low,
        double @Nullable [] high,
        SeasonalForecast.Basis basis) {

    static final int HOURS = 24;

    private static final int SLOTS = HOURS * SlotSeries.SLOTS_PER_HOUR;
    private static final SeasonalForecast FORECAST = new SeasonalForecast(SlotSeries.SLOTS_PER_HOUR);

    /**
     * Forecasts.
     *
     * @param slots those that are known
     * @param past of each that is over its value, oldest first
     * @param band over {@link #HOURS}; null if there is none yet
     */
    static DayForecast of(SlotSeries slots, double[] past, @Nullable ForecastBand band) {
        double[] expected = expected(slots, past);
        double[] low = null;
        double[] high = null;
        if (band != null && band.isKnown(HOURS)) {
            low = new double[SLOTS];
            high = new double[SLOTS];
            for (int i = 0; i < SLOTS; i++) {
                int hour = i / SlotSeries.SLOTS_PER_HOUR + 1;
                low[i] = band.low(expected[i], hour);
                high[i] = band.high(expected[i], hour);
            }
        }
        return new DayForecast(slots.open(), expected, low, high, FORECAST.basis(past.length));
    }

    /** Tells a band over {@link #HOURS} that an hour has ended. */
    static void step(ForecastBand band, SlotSeries slots, double[] past) {
        double[] expected = expected(slots, past);
        double[] hourly = new double[HOURS];
        for (int hour = 1; hour <= HOURS; hour++) {
            hourly[hour - 1] = expected[hour * SlotSeries.SLOTS_PER_HOUR - 1];
        }
        band.step(past[past.length - 1], hourly);
    }

    private static double[] expected(SlotSeries slots, double[] past) {
        long first = slots.first();
        SlotCalendar calendar = slots.calendar();
        return FORECAST.expected(past, SLOTS, (slot, days) -> calendar.daysAgo(first + slot, days) - first);
    }
}
