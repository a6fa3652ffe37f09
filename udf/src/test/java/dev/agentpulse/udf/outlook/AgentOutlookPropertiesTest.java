package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.outlook.AgentOutlook.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

class AgentOutlookPropertiesTest {

    private static final long MINUTE = TimeUnit.MINUTES.toMicros(1);
    private static final long SLOT = 15 * MINUTE;
    private static final long FIRST_SLOT = 1_900_000 / 96 * 96;
    private static final long START = FIRST_SLOT * SLOT;
    private static final QualityDrop.Listener NOBODY = new QualityDrop.Listener() {
        @Override
        public void dropped(long timeMicros, QualityDrop.Compared compared) {}

        @Override
        public void recovered(long droppedAtMicros, long timeMicros, QualityDrop.@Nullable Compared compared) {}
    };

    /** Rows come, change, go, come late and ahead of time over some days; all figures equal those of the rows that are there. */
    @Property(tries = 20)
    void figuresFollowFromTheRowsThatAreThere(@ForAll long seed) {
        Random random = new Random(seed);
        AgentOutlook outlook = new AgentOutlook(FIRST_SLOT, SlotCalendar.UTC);
        List<QueryEvent> rows = new ArrayList<>();
        long now = START;
        for (int i = 0; i < 600; i++) {
            now += (long) (random.nextDouble() * random.nextInt(25) * MINUTE);
            outlook.advanceTo(now, NOBODY);
            if (rows.isEmpty() || random.nextInt(3) > 0) {
                long back = random.nextInt(4) == 0 ? random.nextInt(2000) : random.nextInt(3) - 1;
                QueryEvent row = row(Math.max(START, now - back * MINUTE), random);
                rows.add(row);
                outlook.add(row.timeMicros(), QueryParts.of(row, 1));
            } else {
                QueryEvent gone = rows.remove(random.nextInt(rows.size()));
                outlook.add(gone.timeMicros(), QueryParts.of(gone, -1));
                if (random.nextBoolean()) {
                    QueryEvent changed = new QueryEvent(
                            gone.timeMicros(), random.nextInt(900), random.nextBoolean(), random.nextBoolean());
                    rows.add(changed);
                    outlook.add(changed.timeMicros(), QueryParts.of(changed, 1));
                }
            }
            if (random.nextInt(100) == 0) {
                outlook = AgentOutlook.decode(outlook.encode(), SlotCalendar.UTC);
            }
        }
        check(outlook, rows, now);
    }

    private static QueryEvent row(long timeMicros, Random random) {
        return new QueryEvent(
                timeMicros,
                random.nextInt(5) == 0 ? null : random.nextInt(900),
                random.nextInt(3) == 0 ? null : random.nextBoolean(),
                random.nextBoolean());
    }

    private static void check(AgentOutlook outlook, List<QueryEvent> rows, long now) {
        long open = Math.floorDiv(now, SLOT);
        double[] counts = LongStream.range(FIRST_SLOT, open)
                .mapToDouble(slot -> rows.stream()
                        .filter(row -> Math.floorDiv(row.timeMicros(), SLOT) == slot)
                        .count())
                .toArray();
        assertThat(outlook.slots().closedCounts()).isEqualTo(counts);
        assertThat(outlook.forecast(Measure.QUERY_COUNT).expected())
                .isEqualTo(new SeasonalForecast(4).expected(counts, 96));
        assertThat(outlook.forecast(Measure.QUERY_COUNT).firstSlot()).isEqualTo(open);

        long minute = Math.floorDiv(now, MINUTE);
        double faded = rows.stream()
                .mapToLong(row -> Math.floorDiv(row.timeMicros(), MINUTE))
                .filter(of -> of < minute)
                .mapToDouble(of -> Math.pow(2, -(minute - 1 - of) / 60.0))
                .sum();
        double weight = LongStream.range(FIRST_SLOT * 15, minute)
                .mapToDouble(of -> Math.pow(2, -(minute - 1 - of) / 60.0))
                .sum();
        assertThat(outlook.slow().ratePerMinute(outlook.knownMinutes())).isCloseTo(faded / weight, within(1e-6));
        double[] lastHour = LongStream.range(minute - 60, minute)
                .mapToDouble(of -> rows.stream()
                        .filter(row -> Math.floorDiv(row.timeMicros(), MINUTE) == of)
                        .count())
                .toArray();
        assertThat(outlook.trend()).isEqualTo(Trend.of(lastHour));

        long hour = Math.floorDiv(now, 60 * MINUTE);
        QualityTotals.Figures quality = Objects.requireNonNull(outlook.quality());
        assertThat(quality.reviewed())
                .isEqualTo(rows.stream()
                        .filter(row -> Math.floorDiv(row.timeMicros(), MINUTE) <= minute && row.approved() != null)
                        .filter(row -> Math.floorDiv(row.timeMicros(), 60 * MINUTE) > hour - 24)
                        .count());
        assertThat(quality.adjusted()).isBetween(quality.low() - 50, quality.high() + 50);
    }

    @Example
    void aSteadyRateIsShownAsItIsFromTheFirstMinuteOnWithAPastAndWithout() {
        QueryParts one = new QueryParts(1, 1, 120, 0, 0, 0);
        for (int slotsOfHistory : List.of(0, 1, 4, 96)) {
            AgentOutlook outlook = new AgentOutlook(FIRST_SLOT, SlotCalendar.UTC);
            for (int i = 0; i < slotsOfHistory; i++) {
                outlook.addPast(FIRST_SLOT + i, new QueryParts(45, 45, 45 * 120L, 0, 0, 0));
            }
            outlook.endPast(FIRST_SLOT + slotsOfHistory);
            long begin = START + slotsOfHistory * SLOT;
            for (int minute = 0; minute < 200; minute++) {
                outlook.advanceTo(begin + minute * MINUTE, NOBODY);
                if (outlook.knownMinutes() > 0) {
                    assertThat(outlook.fast().ratePerMinute(outlook.knownMinutes()))
                            .isCloseTo(3, within(1e-9));
                    assertThat(outlook.slow().ratePerMinute(outlook.knownMinutes()))
                            .isCloseTo(3, within(1e-9));
                }
                for (int i = 0; i < 3; i++) {
                    outlook.add(begin + minute * MINUTE + i, one);
                }
            }
        }
    }

    @Example
    void whenTimeIsLookedAtMakesNoDifference() {
        AgentOutlook often = new AgentOutlook(FIRST_SLOT, SlotCalendar.UTC);
        AgentOutlook seldom = new AgentOutlook(FIRST_SLOT, SlotCalendar.UTC);
        Random random = new Random(3);
        for (long now = START; now < START + 3000 * MINUTE; now += 7 * MINUTE) {
            for (long step = now; step < now + 7 * MINUTE; step += MINUTE / 2) {
                often.advanceTo(step, NOBODY);
            }
            QueryEvent row = row(now + 7 * MINUTE, random);
            often.advanceTo(row.timeMicros(), NOBODY);
            seldom.advanceTo(row.timeMicros(), NOBODY);
            often.add(row.timeMicros(), QueryParts.of(row, 1));
            seldom.add(row.timeMicros(), QueryParts.of(row, 1));
        }
        assertThat(often.encode()).isEqualTo(seldom.encode());
    }

    @Example
    void takesLessThan32KilobytesAndAMillisecondWithTwoWeeksOfAPast() {
        AgentOutlook outlook = new AgentOutlook(FIRST_SLOT, SlotCalendar.UTC);
        for (int i = 0; i < 30 * 96; i++) {
            int count = 100 + i % 96;
            outlook.addPast(FIRST_SLOT + i, new QueryParts(count, count, count * 120L, count / 2, count / 9, 3));
        }
        long now = START + 30 * 96 * SLOT;
        outlook.endPast(FIRST_SLOT + 30 * 96);
        outlook.advanceTo(now, NOBODY);
        DayForecast forecast = outlook.forecast(Measure.QUERY_COUNT);
        assertThat(forecast.basis()).isEqualTo(SeasonalForecast.Basis.TWO_WEEKS);
        assertThat(forecast.expected())
                .containsExactly(
                        IntStream.range(0, 96).mapToDouble(i -> 100 + i).toArray(), within(1e-6));
        assertThat(forecast.low()).containsExactly(forecast.expected(), within(1e-3));
        assertThat(outlook.changeSinceYesterdayPct()).isZero();
        assertThat(outlook.trend()).as("minutes of the past are not known").isNull();
        assertThat(outlook.encode().length).isLessThan(32_000);
        assertThat(outlook.isForgettable()).isFalse();

        long began = System.nanoTime();
        int rounds = 2000;
        for (int i = 0; i < rounds; i++) {
            now += MINUTE;
            outlook.advanceTo(now, NOBODY);
            outlook.forecast(Measure.QUERY_COUNT);
            outlook.forecast(Measure.CONCURRENCY);
            outlook.trend();
            outlook.quality();
        }
        System.out.printf("an evaluation takes %d µs%n", (System.nanoTime() - began) / 1000 / rounds);
    }

    @Example
    void anAgentThatAskedLittleIsForgottenAfterADayOfSilence() {
        AgentOutlook outlook = new AgentOutlook(FIRST_SLOT, SlotCalendar.UTC);
        outlook.add(START, new QueryParts(1, 0, 0, 0, 0, 0));
        assertThat(outlook.isForgettable()).isFalse();
        outlook.advanceTo(START + 97 * SLOT, NOBODY);
        assertThat(outlook.isForgettable()).isTrue();
    }
}
