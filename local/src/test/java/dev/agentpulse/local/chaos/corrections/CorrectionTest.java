package dev.agentpulse.local.chaos.corrections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.local.chaos.corrections.Correction.Row;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CorrectionTest {

    private static final int MANY = 400;

    private final Random random = new Random(1);
    private final List<Correction> many = random.ints(MANY)
            .mapToObj(seed -> Correction.draw(new Random(seed)))
            .toList();

    @Test
    void isTheSameForTheSameSeed() {
        assertThat(Correction.draw(new Random(7)))
                .isEqualTo(Correction.draw(new Random(7)))
                .isNotEqualTo(Correction.draw(new Random(8)));
    }

    @Test
    void hasOneToFiftyRowsOfUpToThreeAgents() {
        assertThat(many.stream().map(correction -> rows(correction).size()))
                .allSatisfy(rows -> assertThat(rows).isBetween(1, 50))
                .contains(1, 50);
        assertThat(many.stream().map(correction -> rows(correction).stream()
                        .map(Row::agent)
                        .distinct()
                        .count()))
                .allSatisfy(agents -> assertThat(agents).isBetween(1L, 3L))
                .contains(1L, 3L);
    }

    @Test
    void isOfAllKindsAndAgesWithinTheirBounds() {
        Map<CorrectionKind, List<Double>> ages = many.stream()
                .flatMap(correction -> correction.rows().entrySet().stream())
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey,
                        Collectors.flatMapping(
                                rows -> rows.getValue().stream().map(Row::ageSeconds), Collectors.toList())));

        assertThat(ages).containsOnlyKeys(CorrectionKind.values());
        ages.forEach((kind, ofKind) -> assertThat(ofKind)
                .as(kind.toString())
                .allSatisfy(age -> assertThat(age).isBetween(60.0, seconds(kind.oldest())))
                .anyMatch(age -> age < 300)
                .anyMatch(age -> age > 0.9 * seconds(kind.oldest())));
    }

    @Test
    void isAsOftenMinutesOldAsHoursAndDays() {
        List<Double> ages = many.stream()
                .flatMap(correction -> rows(correction).stream())
                .map(Row::ageSeconds)
                .toList();
        double tenth = ages.size() / 10.0;

        assertThat(ages.stream().filter(age -> age < 900)).hasSizeGreaterThan((int) tenth);
        assertThat(ages.stream().filter(age -> age > 900 && age < 3600)).hasSizeGreaterThan((int) tenth);
        assertThat(ages.stream().filter(age -> age > 3600 && age < 86_400)).hasSizeGreaterThan((int) tenth);
        assertThat(ages.stream().filter(age -> age > 86_400)).hasSizeGreaterThan((int) tenth);
    }

    @Test
    void deletesOnlyWhatIsNotPurgedByThat() {
        assertThat(CorrectionKind.DELETED_QUERY.oldest()).isLessThan(Duration.ofHours(24));
    }

    private static List<Row> rows(Correction correction) {
        return correction.rows().values().stream().flatMap(List::stream).toList();
    }

    private static double seconds(Duration duration) {
        return duration.toSeconds();
    }
}
