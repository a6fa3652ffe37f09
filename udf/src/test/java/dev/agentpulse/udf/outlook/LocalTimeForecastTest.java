package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An agent that has the same queries each day, by the clocks of a zone: in a week without a clock change its forecast is exact. */
class LocalTimeForecastTest {

    private static final int DAY = SlotSeries.SLOTS_PER_DAY;
    private static final int WEEK = 7 * DAY;
    private static final int[] PATTERN = LocalTimes.week();

    /** What a forecast is off by, of each slot of each forecast of some days. */
    private interface Errors {
        void of(long open, long slot, double error);
    }

    private static int count(long slot, ZoneId zone) {
        return PATTERN[LocalTimes.ofWeek(slot, zone) % DAY];
    }

    /** Forecasts at each slot from a day before until two weeks and a day after. */
    private static void forecast(ZoneId clock, long change, SlotCalendar calendar, Errors errors) {
        SlotSeries series = new SlotSeries(change - 17 * DAY, calendar);
        for (long open = change - 17 * DAY; open < change + 2 * WEEK + DAY; open++) {
            if (open >= change - DAY) {
                double[] expected =
                        DayForecast.of(series, series.closedCounts(), null).expected();
                for (int i = 0; i < DAY; i++) {
                    errors.of(open, open + i, expected[i] - count(open + i, clock));
                }
                if (!calendar.equals(SlotCalendar.UTC)) {
                    assertThat(series.changePct(4, 1)).isZero();
                    assertThat(series.changePct(4, 7)).isZero();
                }
            }
            series.add(open, count(open, clock), 0);
            series.openUntil(open + 1);
        }
    }

    /** For the last hour of a forecast over the change to summer time yesterday is still to come, and 24 h before counts. */
    @ParameterizedTest
    @MethodSource("dev.agentpulse.udf.outlook.LocalTimes#changes")
    void isAsGoodAsEverOverAClockChange(String zone, long change) {
        ZoneId clock = ZoneId.of(zone);
        SlotCalendar calendar = new SlotCalendar(clock);
        List<String> wrong = new ArrayList<>();
        forecast(clock, change, calendar, (open, slot, error) -> {
            boolean isToCome = calendar.daysAgo(slot, 1) >= open;
            double expected = isToCome ? (count(slot - DAY, clock) - count(slot, clock)) / 2.0 : 0;
            if (error != expected) {
                wrong.add("slot %d of the forecast at %d".formatted(slot - change, open - change));
            }
        });
        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("dev.agentpulse.udf.outlook.LocalTimes#changes")
    void isOffForTwoWeeksBySlotsOfUtc(String zone, long change) {
        double[] off = new double[16];
        forecast(ZoneId.of(zone), change, SlotCalendar.UTC, (open, slot, error) -> {
            off[1 + (int) Math.floorDiv(open - change, (long) DAY)] += Math.abs(error) / DAY / DAY;
        });
        // Of the forecasts that are made within a day, from the day before the change on; 48 queries a slot are usual.
        for (int day = 0; day < 14; day++) {
            assertThat(off[day]).as("%d days after", day - 1).isGreaterThan(day <= 1 ? 5 : 2);
        }
        assertThat(off[15]).isLessThan(1);
    }

    @Test
    void isThatOfUtcWhereClocksDoNotChange() {
        ZoneId kathmandu = ZoneId.of("Asia/Kathmandu");
        long now = LocalTimes.BEGIN.getEpochSecond() / SlotSeries.SLOT_SECONDS;
        for (SlotCalendar calendar : new SlotCalendar[] {new SlotCalendar(kathmandu), SlotCalendar.UTC}) {
            assertThat(worst(kathmandu, now, calendar)).isZero();
        }
    }

    @Test
    void isExactInAWeekWithoutAChange() {
        long now = LocalTimes.BEGIN.getEpochSecond() / SlotSeries.SLOT_SECONDS;
        assertThat(worst(ZoneOffset.UTC, now, SlotCalendar.UTC)).isZero();
    }

    private static double worst(ZoneId clock, long now, SlotCalendar calendar) {
        double[] worst = {0};
        forecast(clock, now, calendar, (open, slot, error) -> worst[0] = Math.max(worst[0], Math.abs(error)));
        return worst[0];
    }

    @ParameterizedTest
    @MethodSource("dev.agentpulse.udf.outlook.LocalTimes#changes")
    void goesOnByTheOtherZoneAfterARestart(String zone, long change) {
        ZoneId clock = ZoneId.of(zone);
        SlotCalendar local = new SlotCalendar(clock);
        AgentOutlook inUtc = new AgentOutlook(change - 16 * DAY, SlotCalendar.UTC);
        AgentOutlook inZone = new AgentOutlook(change - 16 * DAY, local);
        ApprovalOutlook queue = new ApprovalOutlook(change - 16 * DAY, 1, SlotCalendar.UTC);
        for (long slot = change - 16 * DAY; slot < change + DAY; slot++) {
            int count = count(slot, clock);
            inUtc.addPast(slot, new QueryParts(count, count, count, 0, 0, 0));
            inZone.addPast(slot, new QueryParts(count, count, count, 0, 0, 0));
            queue.addPast(slot, count, count);
        }
        inUtc.endPast(change + DAY);
        inZone.endPast(change + DAY);
        queue.endPast(change + DAY);

        byte[] state = inUtc.encode();
        AgentOutlook restarted = AgentOutlook.decode(state, local);
        assertThat(restarted.encode()).isEqualTo(state);
        assertThat(restarted.changeSinceLastWeekPct()).isZero();
        for (AgentOutlook.Measure measure : AgentOutlook.Measure.values()) {
            assertThat(restarted.forecast(measure).expected())
                    .isEqualTo(inZone.forecast(measure).expected())
                    .isNotEqualTo(inUtc.forecast(measure).expected());
        }
        ApprovalOutlook restartedQueue = ApprovalOutlook.decode(queue.encode(), 1, local);
        assertThat(restartedQueue.encode()).isEqualTo(queue.encode());
        for (ApprovalOutlook.Measure measure : ApprovalOutlook.Measure.values()) {
            assertThat(restartedQueue.forecast(measure).expected())
                    .isEqualTo(
                            restarted.forecast(AgentOutlook.Measure.QUERY_COUNT).expected())
                    .isNotEqualTo(queue.forecast(measure).expected());
        }
    }
}
