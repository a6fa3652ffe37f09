package dev.agentpulse.udf.outlook;

/**
 * What a series of equal slots will be, from what it was at the same time of the day: the mean of yesterday's slot and of
 * the slots one and two weeks ago, those moved to today's level, plus what the last slot differed from its own forecast by,
 * fading by a fifth an hour.
 *
 * <p>With {@code x} the slots and {@code level(k)} the mean of the 24 h that ended {@code k} weeks ago,
 * {@code F0(h) = ½·x(yesterday) + ½·mean over k = 1, 2 of (x(k weeks ago) + level(0) − level(k))} and
 * {@code F(h) = max(0, F0(h) + 0.8^hours · e)}. Chosen by its error on the hourly series of the M4 competition (Makridakis,
 * Spiliotis, Assimakopoulos 2020).
 *
 * <p>Values are of any unit, and the forecast is of the same. Time: linear in the horizon.
 */
public final class SeasonalForecast {

    private static final int HOURS_PER_DAY = 24;
    private static final int DAYS_PER_WEEK = 7;
    private static final int WEEKS = 2;

    /** What is left of the last error after an hour. */
    private static final double KEPT_PER_HOUR = 0.8;

    /** After this long a slot counts half in the level of a short series. */
    private static final double LEVEL_HALF_LIFE_HOURS = 1;

    private final int slotsPerHour;
    private final int day;
    private final int week;

    /** What a forecast rests on. */
    public enum Basis {
        /** Yesterday and the two weeks before. */
        TWO_WEEKS("two_weeks"),
        /** Yesterday, because there is less than two weeks, a day and a slot. */
        YESTERDAY("yesterday"),
        /** The smoothed level, because there is less than a day and a slot. */
        LEVEL("level");

        private final String text;

        Basis(String text) {
            this.text = text;
        }

        /** As it is in tables. */
        public String text() {
            return text;
        }
    }

    /** @param slotsPerHour at least 1 */
    public SeasonalForecast(int slotsPerHour) {
        if (slotsPerHour < 1) {
            throw new IllegalArgumentException("slotsPerHour must be at least 1 but is " + slotsPerHour);
        }
        this.slotsPerHour = slotsPerHour;
        this.day = HOURS_PER_DAY * slotsPerHour;
        this.week = DAYS_PER_WEEK * day;
    }

    /**
     * What a forecast of a series rests on.
     *
     * @param known how many slots the series has
     */
    public Basis basis(int known) {
        if (known > WEEKS * week + day) {
            return Basis.TWO_WEEKS;
        }
        return known > day ? Basis.YESTERDAY : Basis.LEVEL;
    }

    /**
     * The next slots.
     *
     * @param past oldest first
     * @param horizon how many to forecast, at most a week
     */
    public double[] expected(double[] past, int horizon) {
        if (horizon < 0 || horizon > week) {
            throw new IllegalArgumentException("horizon must be from 0 to " + week + " slots but is " + horizon);
        }
        Basis basis = basis(past.length);
        double[] expected = seasonal(past, past.length, horizon, basis);
        if (basis != Basis.LEVEL) {
            int last = past.length - 1;
            double error = past[last] - seasonal(past, last, 1, basis)[0];
            for (int i = 0; i < horizon; i++) {
                expected[i] += Math.pow(KEPT_PER_HOUR, (i + 1.0) / slotsPerHour) * error;
            }
        }
        for (int i = 0; i < horizon; i++) {
            expected[i] = Math.max(0, expected[i]);
        }
        return expected;
    }

    /** What follows the first {@code known} slots, without the last error. */
    private double[] seasonal(double[] past, int known, int horizon, Basis basis) {
        double[] expected = new double[horizon];
        double shift = basis == Basis.TWO_WEEKS ? shift(past, known) : 0;
        double level = basis == Basis.LEVEL ? level(past, known) : 0;
        for (int i = 0; i < horizon; i++) {
            expected[i] = switch (basis) {
                case LEVEL -> level;
                case YESTERDAY -> past[known + i % day - day];
                case TWO_WEEKS ->
                    (past[known + i % day - day]
                                    + shift
                                    + (past[known + i - week] + past[known + i - WEEKS * week]) / WEEKS)
                            / 2;
            };
        }
        return expected;
    }

    /** How far today's level lies above that of the two weeks, on average. */
    private double shift(double[] past, int known) {
        return mean(past, known) - (mean(past, known - week) + mean(past, known - WEEKS * week)) / WEEKS;
    }

    /** Of the 24 h that end before a slot. */
    private double mean(double[] past, int end) {
        double sum = 0;
        for (int i = end - day; i < end; i++) {
            sum += past[i];
        }
        return sum / day;
    }

    private double level(double[] past, int known) {
        double kept = Math.pow(2, -1 / (LEVEL_HALF_LIFE_HOURS * slotsPerHour));
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < known; i++) {
            sum = sum * kept + past[i];
            weights = weights * kept + 1;
        }
        return weights == 0 ? 0 : sum / weights;
    }
}
