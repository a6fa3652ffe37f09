package dev.agentpulse.udf.outlook;

/**
 * What a series of equal slots will be, from what it was at the same time of the day: the mean of yesterday's slot and of
 * the slots one and two weeks ago, those moved to today's level, plus what the last slot differed from its own forecast by,
 * fading by a fifth an hour.
 *
 * <p>With {@code x} the slots, {@code level(0)} the mean of the last 24 h and {@code level(k)} that of the same slots {@code k}
 * weeks ago, {@code F0(h) = ½·x(yesterday) + ½·mean over k = 1, 2 of (x(k weeks ago) + level(0) − level(k))} and
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

    /** What is left of the last error in each of the next slots, of a week. */
    private final double[] kept;

    /** Which slot of a series has the same time of the day. */
    interface SameTime {

        /**
         * Of some days before.
         *
         * @param slot its place in the series
         * @return the other's; negative if the series begins later, and beyond its end if that slot is still to come
         */
        long daysAgo(long slot, int days);
    }

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
        this.kept = new double[week];
        for (int i = 0; i < week; i++) {
            kept[i] = Math.pow(KEPT_PER_HOUR, (i + 1.0) / slotsPerHour);
        }
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
     * The next slots, where each day has 24 hours.
     *
     * @param past oldest first
     * @param horizon how many to forecast, at most a week
     */
    public double[] expected(double[] past, int horizon) {
        return expected(past, horizon, (slot, days) -> slot - (long) days * day);
    }

    /** Likewise, where clocks may change; for a slot of the same time that is not known there is that of whole days before. */
    double[] expected(double[] past, int horizon, SameTime sameTime) {
        if (horizon < 0 || horizon > week) {
            throw new IllegalArgumentException("horizon must be from 0 to " + week + " slots but is " + horizon);
        }
        Basis basis = basis(past.length);
        double[] expected = seasonal(past, past.length, horizon, basis, sameTime);
        if (basis != Basis.LEVEL) {
            int last = past.length - 1;
            double error = past[last] - seasonal(past, last, 1, basis, sameTime)[0];
            for (int i = 0; i < horizon; i++) {
                expected[i] += kept[i] * error;
            }
        }
        for (int i = 0; i < horizon; i++) {
            expected[i] = Math.max(0, expected[i]);
        }
        return expected;
    }

    /** What follows the first {@code known} slots, without the last error. */
    private double[] seasonal(double[] past, int known, int horizon, Basis basis, SameTime sameTime) {
        double[] expected = new double[horizon];
        double shift = basis == Basis.TWO_WEEKS ? shift(past, known, sameTime) : 0;
        double level = basis == Basis.LEVEL ? level(past, known) : 0;
        for (int i = 0; i < horizon; i++) {
            int ofDay = known + i % day;
            int slot = known + i;
            expected[i] = switch (basis) {
                case LEVEL -> level;
                case YESTERDAY -> past[before(ofDay, 1, known, sameTime)];
                case TWO_WEEKS ->
                    (past[before(ofDay, 1, known, sameTime)]
                                    + shift
                                    + (past[before(slot, DAYS_PER_WEEK, known, sameTime)]
                                                    + past[before(slot, WEEKS * DAYS_PER_WEEK, known, sameTime)])
                                            / WEEKS)
                            / 2;
            };
        }
        return expected;
    }

    /** The slot of the same time, or where that is not known or still to come (yesterday 23 h ago) of whole days before. */
    private int before(int slot, int days, int known, SameTime sameTime) {
        long before = sameTime.daysAgo(slot, days);
        return before >= 0 && before < known ? (int) before : slot - days * day;
    }

    /**
     * How far the level of the last 24 h lies above that of the same slots of the two weeks, on average. Slots of which a
     * week is not known are left out: an hour's, behind a clock change.
     */
    private double shift(double[] past, int known, SameTime sameTime) {
        double now = 0;
        double then = 0;
        for (int week = 1; week <= WEEKS; week++) {
            int slots = 0;
            double sum = 0;
            double sumThen = 0;
            for (int slot = known - day; slot < known; slot++) {
                long before = sameTime.daysAgo(slot, week * DAYS_PER_WEEK);
                if (before >= 0) {
                    slots++;
                    sum += past[slot];
                    sumThen += past[(int) before];
                }
            }
            now += sum / Math.max(1, slots);
            then += sumThen / Math.max(1, slots);
        }
        return now / WEEKS - then / WEEKS;
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
