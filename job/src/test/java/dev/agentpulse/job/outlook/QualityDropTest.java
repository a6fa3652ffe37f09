package dev.agentpulse.job.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.outlook.QueryParts;
import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** An agent of whose answers nine in ten are approved, for three weeks, and then for six hours two in ten. */
class QualityDropTest {

    private static final long MINUTE = TimeUnit.MINUTES.toMicros(1);
    private static final long HOUR = 60 * MINUTE;
    private static final long SLOT = 15 * MINUTE;
    private static final long NOW = 1_900_000 * SLOT;

    private static final PastSlots.Slot[] PAST = LongStream.range(-21 * 96, 0)
            .mapToObj(slot -> new PastSlots.Slot(NOW / SLOT + slot, new QueryParts(10, 10, 2_000, 9, 1, 0)))
            .toArray(PastSlots.Slot[]::new);

    /** A query a minute, which is reviewed two minutes later. */
    private static void queries(OutlookDriver driver, long from, long to, int approvedOfTen, long tickEvery)
            throws Exception {
        for (long time = from; time < to; time += MINUTE) {
            QueryEvent asked = new QueryEvent(time, 200, null, false);
            driver.change(time, null, asked);
            boolean approved = Math.floorMod(time / MINUTE, 10) < approvedOfTen;
            driver.change(time + 2 * MINUTE - 1, asked, new QueryEvent(time, 200, approved, false));
            if (Math.floorMod(time, tickEvery) == 0) {
                driver.tick(time);
            }
        }
    }

    private static OutlookDriver sixBadHours(long tickEvery) throws Exception {
        try (OutlookDriver driver = new OutlookDriver(PAST)) {
            queries(driver, NOW, NOW + HOUR, 9, tickEvery);
            queries(driver, NOW + HOUR, NOW + 5 * HOUR, 2, tickEvery);
            driver.restart();
            queries(driver, NOW + 5 * HOUR, NOW + 7 * HOUR, 2, tickEvery);
            driver.restart();
            queries(driver, NOW + 7 * HOUR, NOW + 40 * HOUR, 9, tickEvery);
            driver.tick(NOW + 41 * HOUR);
            return driver;
        }
    }

    @Test
    void badAnswersAreAnAlertAndAMessageUntilTheyAreUsualAgainWheneverTicksAreCut() throws Exception {
        OutlookDriver driver = sixBadHours(MINUTE);
        List<AlertChange> alerts = driver.alerts.stream()
                .filter(alert -> alert.rule() == AlertRule.QUALITY_DROP)
                .toList();

        assertThat(alerts)
                .extracting(AlertChange::step)
                .containsExactly(AlertChange.Step.OPEN, AlertChange.Step.RESOLVE);
        AlertChange opened = alerts.get(0);
        assertThat(opened.subject()).isEqualTo(OutlookDriver.AGENT);
        assertThat(opened.severity()).isEqualTo(Severity.INFO);
        assertThat(opened.timeMicros()).isBetween(NOW + HOUR, NOW + 7 * HOUR);
        // 0.9 of 50, all of 30, and 0.8 of 20.
        assertThat(opened.threshold()).isEqualByComparingTo("86");
        assertThat(opened.value()).isBetween(BigDecimal.valueOf(85), BigDecimal.valueOf(86));
        assertThat(opened.detailsJson()).contains("\"usual\":91.00");
        assertThat(alerts.get(1).alertId()).isEqualTo(opened.alertId());
        assertThat(alerts.get(1).timeMicros()).isBetween(NOW + 25 * HOUR, NOW + 31 * HOUR);

        assertThat(driver.messages)
                .extracting(ChannelMessage::event)
                .containsExactly("quality_drop", "quality_recovered");
        assertThat(driver.messages)
                .allSatisfy(message -> assertThat(message.channel()).isEqualTo(Channel.PERFORMANCE_ALERT));

        OutlookDriver seldom = sixBadHours(17 * MINUTE);
        assertThat(seldom.alerts).isEqualTo(driver.alerts);
        assertThat(seldom.messages).isEqualTo(driver.messages);
    }

    @Test
    void answersThatAreUsualAreNoDrop() throws Exception {
        try (OutlookDriver driver = new OutlookDriver(PAST)) {
            queries(driver, NOW, NOW + 30 * HOUR, 9, MINUTE);
            assertThat(driver.messages).isEmpty();
        }
    }
}
