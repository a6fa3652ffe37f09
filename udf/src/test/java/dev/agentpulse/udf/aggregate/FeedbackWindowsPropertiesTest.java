package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class FeedbackWindowsPropertiesTest {

    private static final List<String> LABELS = List.of("hallucination", "tone", "größe", "安全", "");
    private static final List<BigDecimal> SCORES = List.of(
            new BigDecimal("1"),
            new BigDecimal("4.0"),
            new BigDecimal("4.25"),
            new BigDecimal("-3"),
            new BigDecimal("1E+30"),
            new BigDecimal("0.0000000000000000000000000001"));

    @Property
    void figuresEqualARecalculationAfterEveryStepOfAnyHistory(
            @ForAll("operations") List<History.Operation> operations) {
        new History<>(new History.Stream<>(
                        FeedbackWindowsPropertiesTest::event,
                        FeedbackSlice::new,
                        FeedbackWindow::new,
                        FeedbackSlice::decode,
                        FeedbackWindowsPropertiesTest::assertSame))
                .play(operations);
    }

    @Provide
    Arbitrary<List<History.Operation>> operations() {
        return History.operations();
    }

    private static FeedbackEvent event(long timeMicros, Random random) {
        String[] labels = random.ints(random.nextInt(4), 0, LABELS.size())
                .mapToObj(LABELS::get)
                .toArray(String[]::new);
        Boolean safe = random.nextInt(3) == 0 ? null : Boolean.valueOf(random.nextBoolean());
        String annotator = random.nextInt(4) == 0 ? null : "annotator-" + random.nextInt(3);
        return new FeedbackEvent(timeMicros, safe, labels, score(random), score(random), score(random), annotator);
    }

    private static @Nullable BigDecimal score(Random random) {
        return random.nextInt(3) == 0 ? null : SCORES.get(random.nextInt(SCORES.size()));
    }

    private static void assertSame(FeedbackWindow window, OptionalInt maximum, List<FeedbackEvent> rows) {
        assertThat(maximum).isEmpty();
        assertThat(window.count()).isEqualTo(rows.size());
        assertThat(window.safeCount()).isEqualTo(count(rows, row -> Boolean.TRUE.equals(row.safeToSend())));
        assertThat(window.unsafeCount()).isEqualTo(count(rows, row -> Boolean.FALSE.equals(row.safeToSend())));
        assertThat(window.unreviewedCount()).isEqualTo(count(rows, row -> row.safeToSend() == null));
        assertScores(window, RubricDimension.CLARITY, rows.stream().map(FeedbackEvent::clarity));
        assertScores(window, RubricDimension.ACCURACY, rows.stream().map(FeedbackEvent::accuracy));
        assertScores(window, RubricDimension.TONE, rows.stream().map(FeedbackEvent::tone));
        List<BigDecimal> all = rows.stream()
                .flatMap(row -> Stream.of(row.clarity(), row.accuracy(), row.tone()))
                .filter(Objects::nonNull)
                .toList();
        assertThat(window.averageOverall()).isEqualTo(NaiveFigures.average(sum(all), all.size()));
        assertThat(window.annotatorCount()).isEqualTo((int) rows.stream()
                .map(FeedbackEvent::annotator)
                .filter(Objects::nonNull)
                .distinct()
                .count());
        List<String> labels =
                rows.stream().flatMap(row -> Arrays.stream(row.labels())).toList();
        assertThat(window.labelCounts().keySet())
                .containsExactlyElementsOf(labels.stream().distinct().sorted().toList());
        window.labelCounts().forEach((label, count) -> assertThat(count)
                .isEqualTo((int) labels.stream().filter(label::equals).count()));
    }

    private static void assertScores(
            FeedbackWindow window, RubricDimension dimension, Stream<@Nullable BigDecimal> scores) {
        List<BigDecimal> given = scores.filter(Objects::nonNull).toList();
        assertThat(window.scoreCount(dimension)).isEqualTo(given.size());
        assertThat(window.scoreSum(dimension)).isEqualByComparingTo(sum(given));
        if (given.isEmpty()) {
            // Down to the scale, which otherwise would only ever grow.
            assertThat(window.scoreSum(dimension)).isEqualTo(BigDecimal.ZERO);
        }
        assertThat(window.averageScore(dimension)).isEqualTo(NaiveFigures.average(sum(given), given.size()));
    }

    private static BigDecimal sum(List<BigDecimal> numbers) {
        return numbers.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static long count(List<FeedbackEvent> rows, Predicate<FeedbackEvent> condition) {
        return rows.stream().filter(condition).count();
    }
}
