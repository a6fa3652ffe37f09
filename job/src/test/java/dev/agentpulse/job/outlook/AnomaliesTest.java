package dev.agentpulse.job.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.OutlookRow;
import dev.agentpulse.job.model.OutlookRow.Kind;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.outlook.QueryParts;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** An agent that has a query of 200 ms every 9 seconds, for three weeks, and then for some time not. */
class AnomaliesTest {

    private static final long SECOND = TimeUnit.SECONDS.toMicros(1);
    private static final long MINUTE = 60 * SECOND;
    private static final long SLOT = 15 * MINUTE;
    private static final long NOW = 1_900_000 * SLOT;

    private static final PastSlots.Slot[] PAST = LongStream.range(-21 * 96, 0)
            .mapToObj(slot -> new PastSlots.Slot(NOW / SLOT + slot, new QueryParts(100, 100, 20_000, 0, 0, 0)))
            .toArray(PastSlots.Slot[]::new);

    /** Queries of a span, evenly. */
    private static void queries(OutlookDriver driver, long from, long to, long every, long tickEvery) throws Exception {
        long tick = from;
        for (long time = from + every; time <= to; time += every) {
            driver.change(time, null, new QueryEvent(time, 200, null, false));
            if (time - tick >= tickEvery) {
                driver.tick(time);
                tick = time;
            }
        }
        driver.tick(to);
    }

    private static void begin(OutlookDriver driver) throws Exception {
        for (long time = NOW - 60 * MINUTE + 9 * SECOND; time <= NOW; time += 9 * SECOND) {
            driver.change(NOW, true, false, null, new QueryEvent(time, 200, null, false));
        }
        driver.tick(NOW);
    }

    private static List<AlertChange> outageAndThrice(long tickEvery) throws Exception {
        try (OutlookDriver driver = new OutlookDriver(PAST)) {
            begin(driver);
            queries(driver, NOW, NOW + 6 * MINUTE, 9 * SECOND, tickEvery);
            driver.restart();
            driver.tick(NOW + 16 * MINUTE);
            queries(driver, NOW + 16 * MINUTE, NOW + 50 * MINUTE, 9 * SECOND, tickEvery);
            driver.restart();
            queries(driver, NOW + 50 * MINUTE, NOW + 60 * MINUTE, 3 * SECOND, tickEvery);
            queries(driver, NOW + 60 * MINUTE, NOW + 110 * MINUTE, 9 * SECOND, tickEvery);
            return driver.alerts;
        }
    }

    @Test
    void anOutageAndThriceAsManyQueriesAreAnAlertEachWheneverTicksAreCut() throws Exception {
        List<AlertChange> alerts = outageAndThrice(SECOND);
        assertThat(alerts)
                .extracting(AlertChange::step)
                .containsExactly(
                        AlertChange.Step.OPEN,
                        AlertChange.Step.RESOLVE,
                        AlertChange.Step.OPEN,
                        AlertChange.Step.RESOLVE);
        assertThat(alerts).allSatisfy(alert -> {
            assertThat(alert.rule()).isEqualTo(AlertRule.VOLUME_ANOMALY);
            assertThat(alert.subject()).isEqualTo(OutlookDriver.AGENT);
            assertThat(alert.severity()).isEqualTo(Severity.INFO);
        });
        assertThat(alerts.get(0).timeMicros()).isBetween(NOW + 7 * MINUTE, NOW + 9 * MINUTE);
        assertThat(alerts.get(1).timeMicros()).isBetween(NOW + 21 * MINUTE, NOW + 30 * MINUTE);
        assertThat(alerts.get(1).alertId()).isEqualTo(alerts.get(0).alertId());
        assertThat(alerts.get(2).timeMicros()).isBetween(NOW + 52 * MINUTE, NOW + 56 * MINUTE);
        assertThat(alerts.get(3).timeMicros()).isBetween(NOW + 65 * MINUTE, NOW + 85 * MINUTE);
        assertThat(outageAndThrice(4 * MINUTE)).isEqualTo(alerts);
    }

    private static OutlookRow.Trend trend(OutlookDriver driver) {
        return Objects.requireNonNull(
                Objects.requireNonNull(driver.last.get(Kind.TREND)).trend());
    }

    @Test
    void theBandIsThereFromTheFirstTick() throws Exception {
        try (OutlookDriver driver = new OutlookDriver(PAST)) {
            begin(driver);
            driver.tick(NOW + 30 * SECOND);

            OutlookRow.Trend trend = trend(driver);
            OutlookRow.Band band = Objects.requireNonNull(trend.band5m());
            assertThat(band.expected()).isBetween(BigDecimal.valueOf(33), BigDecimal.valueOf(34));
            assertThat(band.low()).isBetween(BigDecimal.valueOf(15), BigDecimal.valueOf(20));
            assertThat(band.high()).isBetween(BigDecimal.valueOf(50), BigDecimal.valueOf(56));
            assertThat(band.z().abs()).isLessThan(BigDecimal.ONE);
            assertThat(Objects.requireNonNull(trend.band1h()).expected())
                    .isBetween(BigDecimal.valueOf(395), BigDecimal.valueOf(405));
        }
    }

    @Test
    void aPastThatComesLaterIsNoAnomaly() throws Exception {
        OutlookDriver.READING.set(true);
        try (OutlookDriver driver = new OutlookDriver(PAST)) {
            begin(driver);
            queries(driver, NOW, NOW + 10 * MINUTE, 9 * SECOND, MINUTE);
            assertThat(trend(driver).band5m()).isNull();
            OutlookDriver.READING.set(false);
            queries(driver, NOW + 10 * MINUTE, NOW + 150 * MINUTE, 9 * SECOND, MINUTE);
            assertThat(trend(driver).band5m()).isNotNull();
            assertThat(driver.alerts).isEmpty();
        } finally {
            OutlookDriver.READING.set(false);
        }
    }
}
