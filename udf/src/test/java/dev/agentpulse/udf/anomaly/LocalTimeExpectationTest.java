package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.udf.outlook.LocalTimes;
import dev.agentpulse.udf.outlook.SlotCalendar;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is expected of an agent that has the same queries each week, by the clocks of a zone. */
class LocalTimeExpectationTest {

    private static final long MINUTE = 60 * 1_000_000L;
    private static final long HOUR = 60 * MINUTE;
    private static final int[] PATTERN = LocalTimes.week();

    private static LocalSlots slots(ZoneId clock, ZoneId calendar) {
        return new LocalSlots(calendar, slot -> PATTERN[LocalTimes.ofWeek(slot, clock)]);
    }

    @ParameterizedTest
    @MethodSource("dev.agentpulse.udf.outlook.LocalTimes#changes")
    void isThatOfAWeekWithoutAClockChange(String zone, long change) {
        assertIsThatOfUtc(zone, change);
    }

    @ParameterizedTest
    @CsvSource("Asia/Kathmandu, 1973760")
    void isThatOfAWeekWhereClocksDoNotChange(String zone, long slot) {
        assertIsThatOfUtc(zone, slot);
    }

    private static void assertIsThatOfUtc(String zone, long change) {
        ZoneId clock = ZoneId.of(zone);
        Slots local = slots(clock, clock);
        Slots utc = slots(ZoneOffset.UTC, ZoneOffset.UTC);
        for (int week = 1; week <= WeeklyProfile.WEEKS; week++) {
            WeeklyProfile profile = new WeeklyProfile(local, week);
            WeeklyProfile usual = new WeeklyProfile(utc, week);
            double worst = 0;
            for (long slot = change - 3 * Slots.DAY; slot < change + 2 * Slots.WEEK + 3 * Slots.DAY; slot++) {
                long inUtc = LocalTimes.inUtc(slot, clock);
                for (long after = MINUTE / 2; after <= 15 * MINUTE; after += 29 * MINUTE / 2) {
                    long time = slot * Slots.SLOT_MICROS + after;
                    long timeInUtc = inUtc * Slots.SLOT_MICROS + after;
                    for (long span : new long[] {5 * MINUTE, HOUR}) {
                        double off = profile.expected(time, span) - usual.expected(timeInUtc, span);
                        worst = Math.max(worst, Math.abs(off));
                    }
                }
            }
            assertThat(worst).isLessThan(1e-6);
        }
    }

    /** Who goes by UTC expects another hour for as many weeks as are looked back. */
    @ParameterizedTest
    @MethodSource("dev.agentpulse.udf.outlook.LocalTimes#changes")
    void isThatOfAnotherHourBySlotsOfUtc(String zone, long change) {
        ZoneId clock = ZoneId.of(zone);
        Slots local = slots(clock, clock);
        Slots utc = slots(clock, ZoneOffset.UTC);
        for (int week = 1; week <= WeeklyProfile.WEEKS; week++) {
            for (long day = -1; day <= 14; day++) {
                double off = 0;
                for (long slot = change + day * Slots.DAY; slot < change + (day + 1) * Slots.DAY; slot++) {
                    long time = slot * Slots.SLOT_MICROS;
                    off += Math.abs(new WeeklyProfile(local, week).expected(time, HOUR)
                            - new WeeklyProfile(utc, week).expected(time, HOUR));
                }
                if (day >= 0 && day < 7L * week) {
                    assertThat(off / Slots.DAY)
                            .as("%d weeks, day %d", week, day)
                            .isGreaterThan(10);
                } else {
                    assertThat(off).as("%d weeks, day %d", week, day).isZero();
                }
            }
        }
    }

    /** What is read of the past is known, around a clock change, too; and an hour more than what is read in UTC is enough. */
    @ParameterizedTest
    @MethodSource("dev.agentpulse.udf.outlook.LocalTimes#changes")
    void restsOnWhatIsKnown(String zone, long change) {
        SlotCalendar calendar = new SlotCalendar(ZoneId.of(zone));
        for (int week = 1; week <= WeeklyProfile.WEEKS; week++) {
            for (long slot = change - Slots.DAY; slot < change + 2 * Slots.WEEK + Slots.DAY; slot++) {
                long now = slot * Slots.SLOT_MICROS;
                long[] oldest = {Long.MAX_VALUE};
                WeeklyProfile all = new WeeklyProfile(
                        new LocalSlots(calendar, Long.MIN_VALUE, of -> oldest[0] = Math.min(oldest[0], of + 1)), week);
                all.expected(now, HOUR);
                all.expected(now - Level.HOUR_GAP_MICROS, HOUR);
                for (int more = 0; more <= 4; more++) {
                    long first = slot - (long) week * Slots.WEEK - 11 - more;
                    boolean knows = new WeeklyProfile(new LocalSlots(calendar, first, of -> 0), week).knows(now);
                    assertThat(!knows || first <= oldest[0])
                            .as("slot %d, %d more", slot - change, more)
                            .isTrue();
                    assertThat(knows || more < 4).isTrue();
                }
            }
        }
    }
}
