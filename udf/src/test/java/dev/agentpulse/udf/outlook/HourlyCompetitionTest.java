package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.udf.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * The 414 hourly series of the M4 competition, 48 h ahead. They have no licence, so they are not here: {@code
 * Hourly-train.csv} and {@code Hourly-test.csv} of the competition's repository are {@code m4} of the {@link TestData}.
 */
class HourlyCompetitionTest {

    private static final int DAY = 24;
    private static final int HORIZON = 48;
    private static final int[] GROUP_ENDS = {1, 6, 24, 48};

    private final SeasonalForecast forecast = new SeasonalForecast(1);
    private final double[] inBand = new double[GROUP_ENDS.length];
    private final double[] judged = new double[GROUP_ENDS.length];

    @Test
    void forecastsBetterThanYesterdayAndKnowsHowFarItMayBeOff() throws IOException {
        Path directory = TestData.folder("m4");
        List<double[]> train = read(directory.resolve("Hourly-train.csv"));
        List<double[]> test = read(directory.resolve("Hourly-test.csv"));
        double scaled = 0;
        double scaledNext = 0;
        for (int i = 0; i < train.size(); i++) {
            double[] past = train.get(i);
            double[] actual = test.get(i);
            double[] expected = forecast.expected(past, HORIZON);
            double naive = naiveError(past);
            double error = 0;
            for (int h = 0; h < HORIZON; h++) {
                error += Math.abs(actual[h] - expected[h]) / HORIZON;
            }
            scaled += error / naive / train.size();
            scaledNext += Math.abs(actual[0] - expected[0]) / naive / train.size();
            judgeBand(past, actual);
        }
        System.out.printf(Locale.ROOT, "MASE %.3f, one hour ahead %.3f; in the band", scaled, scaledNext);
        for (int group = 0; group < GROUP_ENDS.length; group++) {
            System.out.printf(Locale.ROOT, " %.3f (to %d h)", inBand[group] / judged[group], GROUP_ENDS[group]);
        }
        System.out.println();
        assertThat(scaled).isLessThanOrEqualTo(1.15);
        assertThat(scaledNext).isLessThanOrEqualTo(0.50);
        for (int group = 0; group < 3; group++) {
            assertThat(inBand[group] / judged[group])
                    .as("band to %s h", GROUP_ENDS[group])
                    .isBetween(0.75, 0.85);
        }
    }

    /** Forecasts made at each hour of the last two days. */
    private void judgeBand(double[] past, double[] actual) {
        double[] all = Arrays.copyOf(past, past.length + HORIZON);
        System.arraycopy(actual, 0, all, past.length, HORIZON);
        ForecastBand band = new ForecastBand(HORIZON);
        for (int now = 1; now < all.length; now++) {
            double[] expected = forecast.expected(Arrays.copyOf(all, now), HORIZON);
            band.step(all[now - 1], expected);
            if (now < past.length) {
                continue;
            }
            for (int hour = 1; hour <= HORIZON && now + hour <= all.length; hour++) {
                int group = 0;
                while (hour > GROUP_ENDS[group]) {
                    group++;
                }
                double value = all[now + hour - 1];
                judged[group]++;
                inBand[group] +=
                        value >= band.low(expected[hour - 1], hour) && value <= band.high(expected[hour - 1], hour)
                                ? 1
                                : 0;
            }
        }
    }

    private static double naiveError(double[] past) {
        double sum = 0;
        for (int i = DAY; i < past.length; i++) {
            sum += Math.abs(past[i] - past[i - DAY]);
        }
        return sum / (past.length - DAY);
    }

    private static List<double[]> read(Path file) throws IOException {
        try (var lines = Files.lines(file)) {
            return lines.skip(1)
                    .map(line -> Arrays.stream(line.replace("\"", "").split(","))
                            .skip(1)
                            .filter(value -> !value.isEmpty() && !value.equals("NA"))
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toList();
        }
    }
}
