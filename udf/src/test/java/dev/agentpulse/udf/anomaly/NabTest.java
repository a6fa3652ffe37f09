package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agentpulse.udf.TestData;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The Numenta Anomaly Benchmark v1.1 (github.com/numenta/NAB): its {@code data} and {@code labels} are {@code nab} of the
 * {@link TestData}.
 */
class NabTest {

    private static List<NabSeries> all = List.of();

    @BeforeAll
    static void read() throws IOException {
        all = NabSeries.readAll(TestData.folder("nab"));
    }

    @Test
    void holdsWhatTheBenchmarkHolds() {
        assertThat(all).hasSize(58);
        assertThat(all.stream().mapToInt(series -> series.windows().size()).sum())
                .isEqualTo(116);
    }

    @Test
    void theScorerGivesDetectorsTheirPublishedScores() {
        assertScores(series -> new double[series.values().length], 0, 0, 0, 1e-9);
        assertScores(NabTest::perfect, 100, 100, 100, 1e-9);
        assertScores(WindowedGaussian::scores, 39.6, 20.9, 47.4, 0.6);
        // What the list of scores says of chance, 11.0, is the score of one run; a few runs are that far apart.
        SplittableRandom random = new SplittableRandom(11);
        assertThat(score(series -> random.doubles(series.values().length).toArray())
                        .best(NabScorer.Profile.STANDARD))
                .isBetween(8.0, 18.0);
    }

    @Test
    void theDetectorForAnySeriesIsAboveItsBound() {
        NabScorer scorer = score(SeriesDetector::scores);
        assertThat(scorer.best(NabScorer.Profile.STANDARD)).isGreaterThanOrEqualTo(45);
        assertThat(scorer.best(NabScorer.Profile.LOW_FALSE_POSITIVES)).isGreaterThanOrEqualTo(28);
        assertThat(scorer.best(NabScorer.Profile.LOW_FALSE_NEGATIVES)).isGreaterThanOrEqualTo(53);
    }

    private static double[] perfect(NabSeries series) {
        double[] scores = new double[series.values().length];
        series.windows().forEach(window -> scores[window[0]] = 1);
        return scores;
    }

    private static NabScorer score(Function<NabSeries, double[]> detector) {
        NabScorer scorer = new NabScorer();
        all.forEach(series -> scorer.add(series, detector.apply(series)));
        return scorer;
    }

    private static void assertScores(
            Function<NabSeries, double[]> detector, double standard, double lowFp, double lowFn, double tolerance) {
        NabScorer scorer = score(detector);
        assertThat(scorer.best(NabScorer.Profile.STANDARD)).isCloseTo(standard, within(tolerance));
        assertThat(scorer.best(NabScorer.Profile.LOW_FALSE_POSITIVES)).isCloseTo(lowFp, within(tolerance));
        assertThat(scorer.best(NabScorer.Profile.LOW_FALSE_NEGATIVES)).isCloseTo(lowFn, within(tolerance));
    }
}
