package dev.agentpulse.job.outlook;

import dev.agentpulse.job.model.OutlookRow;
import dev.agentpulse.udf.anomaly.Deviation;
import dev.agentpulse.udf.anomaly.VolumeDetector;
import dev.agentpulse.udf.outlook.AgentOutlook;
import dev.agentpulse.udf.outlook.ApprovalOutlook;
import dev.agentpulse.udf.outlook.DayForecast;
import dev.agentpulse.udf.outlook.QualityTotals;
import dev.agentpulse.udf.outlook.SlotSeries;
import dev.agentpulse.udf.outlook.Smoothed;
import dev.agentpulse.udf.outlook.Trend;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is known of an agent or the queue, as it is shown: rounded. */
final class OutlookFigures {

    private static final int DECIMALS = 2;
    private static final long SLOT_MICROS = TimeUnit.SECONDS.toMicros(SlotSeries.SLOT_SECONDS);

    private OutlookFigures() {}

    static OutlookRow.Trend trend(AgentOutlook agent, VolumeDetector.@Nullable Found volume) {
        Trend trend = agent.trend();
        return new OutlookRow.Trend(
                rounded(agent.fast().ratePerMinute(agent.knownMinutes())),
                rounded(agent.slow().ratePerMinute(agent.knownMinutes())),
                latency(agent.fast()),
                latency(agent.slow()),
                trend == null ? null : trend.direction().text(),
                trend == null ? null : rounded(trend.changePct()),
                roundedOrNull(agent.changeSinceYesterdayPct()),
                roundedOrNull(agent.changeSinceLastWeekPct()),
                volume == null ? null : band(volume.fiveMinutes()),
                volume == null ? null : band(volume.hour()));
    }

    private static OutlookRow.Band band(Deviation deviation) {
        return new OutlookRow.Band(
                rounded(deviation.expected()),
                rounded(VolumeDetector.low(deviation)),
                rounded(VolumeDetector.high(deviation)),
                rounded(deviation.z()));
    }

    private static @Nullable BigDecimal latency(Smoothed smoothed) {
        return smoothed.hasAverage() ? rounded(smoothed.average()) : null;
    }

    static OutlookRow.@Nullable Quality quality(AgentOutlook agent) {
        QualityTotals.Figures figures = agent.quality();
        if (figures == null) {
            return null;
        }
        BigDecimal score = figures.score();
        return new OutlookRow.Quality(
                score == null ? null : score.setScale(0, RoundingMode.HALF_UP).intValueExact(),
                rounded(figures.adjusted()),
                figures.reviewed(),
                rounded(figures.low()),
                rounded(figures.high()),
                figures.confidence(),
                rounded(figures.change()));
    }

    static OutlookRow.Forecast forecast(DayForecast forecast, OutlookRow.@Nullable Queue queue) {
        return new OutlookRow.Forecast(
                forecast.firstSlot() * SLOT_MICROS,
                forecast.expected(),
                forecast.low(),
                forecast.high(),
                forecast.basis().text(),
                queue);
    }

    static OutlookRow.Queue queue(ApprovalOutlook.Queue queue) {
        return new OutlookRow.Queue(roundedOrNull(queue.minutesToClear()), queue.breaches(), queue.approvers());
    }

    private static @Nullable BigDecimal roundedOrNull(@Nullable Double value) {
        return value == null ? null : rounded(value);
    }

    static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP);
    }
}
