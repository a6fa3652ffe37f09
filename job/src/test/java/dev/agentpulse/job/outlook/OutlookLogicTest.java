package dev.agentpulse.job.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.OutlookRow;
import dev.agentpulse.job.model.OutlookRow.Kind;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.outlook.QueryParts;
import dev.agentpulse.udf.outlook.SeasonalForecast;
import dev.agentpulse.udf.outlook.Trend;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutlookLogicTest {

    private static final long SECOND = TimeUnit.SECONDS.toMicros(1);
    private static final long MINUTE = TimeUnit.MINUTES.toMicros(1);
    private static final long SLOT = 15 * MINUTE;
    private static final long DAY = 96 * SLOT;
    private static final long START = 1_900_000 / 96 * DAY;

    /** One operator ticks at every change; another seldom, and is restarted now and then. A third knows rows only. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void figuresFollowFromTheRowsWheneverTicksAreCutAndWhateverIsRestarted(long seed) throws Exception {
        Random random = new Random(seed);
        List<QueryEvent> rows = new ArrayList<>();
        try (OutlookDriver often = new OutlookDriver();
                OutlookDriver seldom = new OutlookDriver()) {
            long now = START;
            for (int i = 0; i < 1500; i++) {
                now += 1 + (long) (random.nextDouble() * 4 * MINUTE);
                QueryEvent before = null;
                QueryEvent after = null;
                if (rows.size() > 20 && random.nextInt(4) == 0) {
                    before = rows.remove(rows.size() - 1 - random.nextInt(20));
                }
                if (before == null || random.nextBoolean()) {
                    after = row(before == null ? createdAt(now, random) : before.timeMicros(), random);
                    rows.add(after);
                }
                often.change(now, before, after);
                seldom.change(now, before, after);
                often.tick(now);
                if (random.nextInt(100) == 0) {
                    seldom.tick(now);
                }
                if (random.nextInt(300) == 0) {
                    seldom.restart();
                }
            }
            long end = (Math.floorDiv(now, SLOT) + 1) * SLOT + SECOND;
            often.tick(end);
            seldom.tick(end);
            for (Kind kind : new Kind[] {Kind.TREND, Kind.QUALITY, Kind.QUERY_COUNT, Kind.CONCURRENCY}) {
                assertSame(row(often, kind), row(seldom, kind), seed);
            }
            check(often, rows, end, seed);
        }
    }

    @Test
    void agentThatLeavesTheHeapGoesOnAsIfItHadStayed() throws Exception {
        Random random = new Random(17);
        try (OutlookDriver roomy = new OutlookDriver();
                OutlookDriver narrow = new OutlookDriver(1)) {
            long now = START;
            for (int i = 0; i < 2000; i++) {
                now += 1 + (long) (random.nextDouble() * MINUTE / 3);
                String agent = random.nextInt(3) == 0 ? OutlookDriver.AGENT : "agent-" + random.nextInt(3);
                QueryEvent row = row(now, random);
                for (OutlookDriver driver : List.of(roomy, narrow)) {
                    driver.change(agent, now, false, false, null, row);
                    driver.tick(now);
                }
            }

            assertThat(narrow.rows).isEqualTo(roomy.rows);
            assertThat(narrow.alerts).isEqualTo(roomy.alerts);
            assertThat(narrow.basis).isEqualTo(roomy.basis);
            for (Kind kind : new Kind[] {Kind.TREND, Kind.QUALITY, Kind.QUERY_COUNT, Kind.CONCURRENCY}) {
                assertThat(row(narrow, kind)).usingRecursiveComparison().isEqualTo(row(roomy, kind));
            }
        }
    }

    private static long createdAt(long now, Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> Math.max(START, now - (long) (random.nextDouble() * DAY));
            case 1 -> now + (long) (random.nextDouble() * 10 * MINUTE);
            default -> now;
        };
    }

    private static QueryEvent row(long createdAt, Random random) {
        return new QueryEvent(
                createdAt,
                random.nextInt(5) == 0 ? null : random.nextInt(900),
                random.nextInt(3) == 0 ? null : random.nextBoolean(),
                random.nextBoolean());
    }

    private static void assertSame(OutlookRow row, OutlookRow other, long seed) {
        assertThat(other)
                .as("seed %s", seed)
                .usingRecursiveComparison()
                .ignoringFields("asOfMicros")
                .isEqualTo(row);
    }

    private static void check(OutlookDriver driver, List<QueryEvent> rows, long asOf, long seed) {
        long open = Math.floorDiv(asOf, SLOT);
        double[] slots = LongStream.range(START / SLOT, open)
                .mapToDouble(slot -> count(rows, slot * SLOT, SLOT))
                .toArray();
        OutlookRow.Forecast forecast =
                Objects.requireNonNull(row(driver, Kind.QUERY_COUNT).forecast());
        assertThat(forecast.expected()).as("seed %s", seed).isEqualTo(new SeasonalForecast(4).expected(slots, 96));
        assertThat(forecast.basis()).isEqualTo("yesterday");
        assertThat(forecast.firstSlotMicros()).isEqualTo(open * SLOT);
        assertThat(forecast.low()).as("after two days").isNotNull();

        long minute = Math.floorDiv(asOf, MINUTE);
        double[] minutes = LongStream.range(minute - 60, minute)
                .mapToDouble(of -> count(rows, of * MINUTE, MINUTE))
                .toArray();
        OutlookRow.Trend trend = Objects.requireNonNull(row(driver, Kind.TREND).trend());
        assertThat(trend.trend()).isEqualTo(Trend.of(minutes).direction().text());
        double hour = count(rows, (open - 4) * SLOT, 4 * SLOT);
        double yesterday = count(rows, (open - 100) * SLOT, 4 * SLOT);
        assertThat(trend.changeVsYesterdayPct())
                .isEqualTo(yesterday == 0 ? null : OutlookFigures.rounded(100 * (hour - yesterday) / yesterday));
        assertThat(trend.changeVsLastWeekPct()).isNull();

        long lastDay = (Math.floorDiv(asOf, 4 * SLOT) - 23) * 4 * SLOT;
        assertThat(Objects.requireNonNull(row(driver, Kind.QUALITY).quality()).reviewed())
                .isEqualTo(rows.stream()
                        .filter(row ->
                                row.approved() != null && row.timeMicros() >= lastDay && row.timeMicros() <= asOf)
                        .count());
    }

    /** Twenty days of slots. */
    private static PastSlots.Slot[] past(LongFunction<QueryParts> parts) {
        return LongStream.range(0, 20 * 96)
                .mapToObj(i -> new PastSlots.Slot(START / SLOT + i, parts.apply(i)))
                .toArray(PastSlots.Slot[]::new);
    }

    private static OutlookRow row(OutlookDriver driver, Kind kind) {
        return Objects.requireNonNull(driver.last.get(kind));
    }

    private static long count(List<QueryEvent> rows, long from, long length) {
        return rows.stream()
                .filter(row -> row.timeMicros() >= from && row.timeMicros() < from + length)
                .count();
    }

    @Test
    void aJobWithoutStateForecastsFromHistoryAtItsFirstTick() throws Exception {
        PastSlots.Slot[] slots = past(i -> new QueryParts((int) (i % 96), 0, 0, 1, 0, 0));
        long now = START + 20 * DAY;
        try (OutlookDriver driver = new OutlookDriver(slots)) {
            // The row lies before the slot from which on rows of the snapshot count.
            driver.change(now, true, false, null, new QueryEvent(now - 4 * SLOT - 1, 1, null, false));
            driver.change(now, true, false, null, new QueryEvent(now - SLOT, 1, null, false));
            driver.tick(now);

            OutlookRow.Forecast forecast =
                    Objects.requireNonNull(row(driver, Kind.QUERY_COUNT).forecast());
            assertThat(forecast.basis()).isEqualTo("two_weeks");
            double[] past = LongStream.range(0, 20 * 96)
                    .mapToDouble(i -> i < 20 * 96 - 4 ? i % 96 : i == 20 * 96 - 1 ? 1 : 0)
                    .skip(20 * 96 - 1441)
                    .toArray();
            assertThat(forecast.expected()).isEqualTo(new SeasonalForecast(4).expected(past, 96));
            assertThat(forecast.high()).isNotNull();
            assertThat(Objects.requireNonNull(row(driver, Kind.TREND).trend()).trend())
                    .isEqualTo("flat");
        }
    }

    @Test
    void aPastThatCannotBeReadStopsNothingAndIsAskedForAgain() throws Exception {
        PastSlots.Slot[] slots = past(i -> new QueryParts(100, 0, 0, 1, 0, 0));
        long now = START + 20 * DAY;
        try (OutlookDriver driver = new OutlookDriver(slots)) {
            OutlookDriver.LOCKED.set(true);
            driver.change(now, null, new QueryEvent(now, 1, null, false));
            driver.tick(now);
            assertThat(driver.basis).doesNotContainValue("two_weeks");

            OutlookDriver.LOCKED.set(false);
            driver.change(now + SLOT, null, new QueryEvent(now + SLOT, 1, null, false));
            driver.tick(now + SLOT);
            assertThat(driver.basis).containsValue("two_weeks");
        } finally {
            OutlookDriver.LOCKED.set(false);
        }
    }

    /** Each takes some milliseconds, for which the tick waits. */
    @Test
    void thePastOfManyAgentsIsReadOverSomeTicks() throws Exception {
        PastSlots.Slot[] slots = past(i -> new QueryParts(100, 0, 0, 1, 0, 0));
        long now = START + 20 * DAY;
        try (OutlookDriver driver = new OutlookDriver(slots)) {
            for (String agent : OutlookDriver.AGENTS) {
                driver.change(agent, now, false, false, null, new QueryEvent(now, 1, null, false));
            }
            List<Integer> withPast = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                driver.tick(now + i);
                withPast.add(Collections.frequency(driver.basis.values(), "two_weeks"));
            }

            assertThat(withPast).containsExactly(10, 20, 25);
        }
    }

    @Test
    void thePastIsTakenInWhenItIsThereAndIsWhatItWouldHaveBeenFromTheStart() throws Exception {
        PastSlots.Slot[] slots = past(i -> new QueryParts((int) (i % 96) + 1, 1, 70, 1, 0, (int) (i % 2)));
        try (OutlookDriver atOnce = new OutlookDriver(slots);
                OutlookDriver later = new OutlookDriver(slots)) {
            long now = START + 20 * DAY;
            for (int i = 0; i < 400; i++) {
                now += MINUTE;
                QueryEvent row = new QueryEvent(now, i, i % 3 == 0, i % 5 == 0);
                OutlookDriver.READING.set(false);
                atOnce.change(now, null, row);
                atOnce.tick(now);
                OutlookDriver.READING.set(i < 200);
                later.change(now, null, row);
                later.tick(now);
                if (i == 190) {
                    assertThat(Objects.requireNonNull(
                                            row(later, Kind.QUERY_COUNT).forecast())
                                    .basis())
                            .isEqualTo("level");
                }
            }
            for (Kind kind : new Kind[] {Kind.TREND, Kind.QUALITY, Kind.QUERY_COUNT, Kind.CONCURRENCY}) {
                assertSame(row(atOnce, kind), row(later, kind), 0);
            }
        } finally {
            OutlookDriver.READING.set(false);
        }
    }

    @Test
    void whatRetentionDeletesStaysAndWhatPeopleDeleteGoes() throws Exception {
        try (OutlookDriver driver = new OutlookDriver()) {
            QueryEvent old = new QueryEvent(START, 1, null, false);
            QueryEvent young = new QueryEvent(START + DAY, 1, null, false);
            driver.change(START, null, old);
            driver.change(START + DAY, null, young);
            driver.change(START + DAY + 5 * MINUTE, old, null);
            driver.change(START + DAY + 5 * MINUTE, young, null);
            driver.tick(START + DAY + SLOT);

            double[] slots = new double[97];
            slots[0] = 1;
            assertThat(Objects.requireNonNull(row(driver, Kind.QUERY_COUNT).forecast())
                            .expected())
                    .isEqualTo(new SeasonalForecast(4).expected(slots, 96));
        }
    }

    @Test
    void aTruncateEmptiesTheLastDay() throws Exception {
        try (OutlookDriver driver = new OutlookDriver()) {
            driver.change(START, null, new QueryEvent(START, 1, null, false));
            driver.change(START + MINUTE, false, true, null, null);
            driver.tick(START + SLOT);

            assertThat(Objects.requireNonNull(row(driver, Kind.QUERY_COUNT).forecast())
                            .expected())
                    .containsOnly(0);
        }
    }

    @Test
    void figuresComeAtMostEveryHalfMinute() throws Exception {
        try (OutlookDriver driver = new OutlookDriver()) {
            for (int i = 0; i < 100; i++) {
                driver.change(START, null, new QueryEvent(START, 1, null, false));
            }
            driver.tick(START);
            assertThat(row(driver, Kind.TREND).asOfMicros()).isEqualTo(START);
            driver.last.clear();
            driver.change(START + 29 * SECOND, null, new QueryEvent(START, 1, true, false));
            driver.tick(START + 29 * SECOND);
            assertThat(driver.last).isEmpty();
            driver.tick(START + 30 * SECOND);
            assertThat(driver.last).containsOnlyKeys(Kind.QUALITY);
            driver.tick(START + 60 * SECOND);
            assertThat(driver.last).containsOnlyKeys(Kind.QUALITY, Kind.TREND);
            driver.tick(START + SLOT);
            assertThat(driver.last).containsKeys(Kind.QUERY_COUNT, Kind.CONCURRENCY);
        }
    }

    @Test
    void figuresOfASmallAgentComeOnceASlot() throws Exception {
        try (OutlookDriver driver = new OutlookDriver()) {
            driver.change(START, null, new QueryEvent(START, 1, null, false));
            driver.tick(START);
            driver.last.clear();
            List<Long> turns = new ArrayList<>();
            for (long time = START + 30 * SECOND; time <= START + 2 * SLOT; time += 30 * SECOND) {
                driver.tick(time);
                if (driver.last.containsKey(Kind.TREND)) {
                    turns.add(time);
                    boolean isNewSlot = time >= START + SLOT && time < START + 2 * SLOT;
                    assertThat(driver.last.containsKey(Kind.QUERY_COUNT)).isEqualTo(isNewSlot);
                    assertThat(driver.last.containsKey(Kind.CONCURRENCY)).isEqualTo(isNewSlot);
                    if (isNewSlot) {
                        assertThat(Objects.requireNonNull(
                                                row(driver, Kind.QUERY_COUNT).forecast())
                                        .low())
                                .isNull();
                    }
                } else {
                    assertThat(driver.last).isEmpty();
                }
                driver.last.clear();
            }
            assertThat(turns).hasSize(2);
            assertThat(turns.get(1) - turns.get(0)).isEqualTo(SLOT);
        }
    }

    @Test
    void smallAgentsDoNotAllHaveTheSameTurn() throws Exception {
        try (OutlookDriver driver = new OutlookDriver()) {
            for (int agent = 0; agent < 3_000; agent++) {
                driver.change("small-" + agent, START, false, false, null, new QueryEvent(START, 1, null, false));
            }
            driver.tick(START);
            int most = 0;
            int before = driver.rows;
            int first = before;
            for (long time = START + 30 * SECOND; time < START + SLOT; time += 30 * SECOND) {
                driver.tick(time);
                most = Math.max(most, driver.rows - before);
                before = driver.rows;
            }
            assertThat(before - first).isGreaterThan(2_500);
            assertThat(most).isLessThan(150);
        }
    }

    @Test
    void nothingIsLeftOfAnAgentThatAskedLittleAndWasSilentForADay() throws Exception {
        try (OutlookDriver driver = new OutlookDriver()) {
            driver.change(START, null, new QueryEvent(START, 1, null, false));
            driver.tick(START);
            assertThat(driver.stateEntries()).isPositive();
            driver.tick(START + DAY + 2 * SLOT);
            assertThat(driver.stateEntries()).isZero();
        }
    }
}
