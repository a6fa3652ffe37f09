package dev.agentpulse.job.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.OutlookRow;
import dev.agentpulse.job.model.OutlookRow.Kind;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.outlook.QueryParts;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * An agent that is asked thrice as much in two of four hours by the clocks of Berlin, some hours after they went back: yesterday
 * is 25 hours ago, and both weeks are an hour more.
 */
class ReportingZoneTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final long SECOND = TimeUnit.SECONDS.toMicros(1);
    private static final long SLOT_SECONDS = 900;
    private static final long NOW_SLOT = Instant.parse("2026-10-25T12:30:00Z").getEpochSecond() / SLOT_SECONDS;
    private static final long NOW = NOW_SLOT * SLOT_SECONDS * SECOND;

    private static final PastSlots.Slot[] PAST = LongStream.range(NOW_SLOT - 20 * 96, NOW_SLOT)
            .mapToObj(slot -> new PastSlots.Slot(slot, new QueryParts(count(slot), count(slot), count(slot), 0, 0, 0)))
            .toArray(PastSlots.Slot[]::new);

    private static int count(long slot) {
        int hour = Instant.ofEpochSecond(slot * SLOT_SECONDS).atZone(BERLIN).getHour();
        return hour % 4 < 2 ? 60 : 180;
    }

    private static OutlookRow row(OutlookDriver driver, Kind kind) {
        return Objects.requireNonNull(driver.last.get(kind));
    }

    private static void assertFollowsBerlin(OutlookDriver driver) {
        double[] counts = LongStream.range(NOW_SLOT, NOW_SLOT + 96)
                .mapToDouble(ReportingZoneTest::count)
                .toArray();
        OutlookRow.Forecast forecast =
                Objects.requireNonNull(row(driver, Kind.QUERY_COUNT).forecast());
        assertThat(forecast.basis()).isEqualTo("two_weeks");
        assertThat(forecast.expected()).isEqualTo(counts);
        OutlookRow.Trend trend = Objects.requireNonNull(row(driver, Kind.TREND).trend());
        assertThat(trend.changeVsYesterdayPct()).isEqualByComparingTo(BigDecimal.ZERO);
        assertThat(trend.changeVsLastWeekPct()).isEqualByComparingTo(BigDecimal.ZERO);
        assertThat(expectedInFiveMinutes(trend)).isBetween(18.0, 22.0);
    }

    private static double expectedInFiveMinutes(OutlookRow.Trend trend) {
        return Objects.requireNonNull(trend.band5m()).expected().doubleValue();
    }

    @Test
    void saysWhatTheSameTimeIsAndMayBeAnotherOneAfterARestart() throws Exception {
        try (OutlookDriver driver = new OutlookDriver(PAST)) {
            driver.restart(BERLIN);
            // The rows of the last hour are in the snapshot.
            for (long slot = NOW_SLOT - 4; slot < NOW_SLOT; slot++) {
                for (int row = 0; row < count(slot); row++) {
                    long time = (slot * SLOT_SECONDS + row * SLOT_SECONDS / count(slot)) * SECOND;
                    driver.change(NOW, true, false, null, new QueryEvent(time, 1, null, false));
                }
            }
            driver.tick(NOW + 30 * SECOND);
            assertFollowsBerlin(driver);

            driver.last.clear();
            driver.restart(ZoneOffset.UTC);
            driver.tick(NOW + 60 * SECOND);
            OutlookRow.Trend trend =
                    Objects.requireNonNull(row(driver, Kind.TREND).trend());
            assertThat(trend.changeVsYesterdayPct()).isNotZero();
            assertThat(trend.changeVsLastWeekPct()).isNotZero();
            assertThat(expectedInFiveMinutes(trend)).isGreaterThan(28);

            driver.last.clear();
            driver.restart(BERLIN);
            driver.tick(NOW + 90 * SECOND);
            assertFollowsBerlin(driver);
        }
    }
}
