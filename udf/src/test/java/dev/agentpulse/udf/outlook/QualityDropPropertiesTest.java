package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agentpulse.udf.aggregate.QueryEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

class QualityDropPropertiesTest {

    private static final long HOUR = TimeUnit.HOURS.toMicros(1);
    private static final long FIRST_HOUR = 480_000;
    private static final QueryEvent GOOD = new QueryEvent(0, 100, true, false);
    private static final QueryEvent BAD = new QueryEvent(0, 100, false, false);

    /** Counts drops, and remembers the last one. */
    private static final class Drops implements QualityDrop.Listener {
        int opened;
        int over;
        QualityDrop.@Nullable Compared last;

        @Override
        public void dropped(long timeMicros, QualityDrop.Compared compared) {
            opened++;
            last = compared;
        }

        @Override
        public void recovered(long droppedAtMicros, long timeMicros, QualityDrop.@Nullable Compared compared) {
            over++;
        }
    }

    /** Rows come and go over 40 days; what was usual is the score of those that are there and older than the 24 hours. */
    @Property(tries = 50)
    void whatWasUsualIsOfTheDaysWithoutTheLast24Hours(@ForAll long seed) {
        Random random = new Random(seed);
        QualityTotals totals = new QualityTotals(FIRST_HOUR);
        List<QueryEvent> rows = new ArrayList<>();
        long hour = FIRST_HOUR;
        for (int i = 0; i < 500; i++) {
            hour += random.nextInt(4);
            totals.openUntil(hour);
            QueryEvent row = new QueryEvent(
                    (hour - random.nextInt(3)) * HOUR,
                    random.nextInt(900),
                    random.nextBoolean() ? null : random.nextBoolean(),
                    random.nextBoolean());
            rows.add(row);
            totals.add(row.timeMicros() / HOUR, QueryParts.of(row, 1));
            if (random.nextInt(3) == 0) {
                QueryEvent gone = rows.remove(random.nextInt(rows.size()));
                totals.add(gone.timeMicros() / HOUR, QueryParts.of(gone, -1));
            }
        }
        long now = hour;
        Predicate<QueryEvent> recent = row -> row.timeMicros() / HOUR > now - 24;
        List<QueryEvent> before = rows.stream()
                .filter(recent.negate().and(row -> row.timeMicros() / HOUR / 24 > now / 24 - 30))
                .toList();
        QualityDrop.Compared compared = Objects.requireNonNull(totals.compared());
        assertThat(compared.usual()).isCloseTo(score(before), within(1e-9));
        assertThat(compared.score())
                .isEqualTo(Objects.requireNonNull(totals.figures()).adjusted());
        assertThat(compared.reviewed())
                .isEqualTo(rows.stream()
                        .filter(recent.and(row -> row.approved() != null))
                        .count());
        assertThat(compared.low()).isLessThan(compared.high());
        assertThat(compared.usualLow()).isLessThan(compared.usualHigh());
    }

    private static double score(List<QueryEvent> rows) {
        double reviewed = rows.stream().filter(row -> row.approved() != null).count();
        double approved =
                rows.stream().filter(row -> Boolean.TRUE.equals(row.approved())).count();
        double edited = rows.stream().filter(QueryEvent::humanEdited).count();
        double latency = rows.stream()
                .mapToDouble(row -> Objects.requireNonNull(row.latencyMs()))
                .average()
                .orElseThrow();
        return 50 * approved / reviewed + 30 * (1 - edited / rows.size()) + 20 * Math.max(0, 1 - latency / 1000);
    }

    private static void add(QualityTotals totals, long hour, QueryEvent row, int count) {
        for (int i = 0; i < count; i++) {
            totals.add(hour, QueryParts.of(row, 1));
        }
    }

    private static QualityTotals goodDays() {
        QualityTotals totals = new QualityTotals(FIRST_HOUR - 200);
        add(totals, FIRST_HOUR - 200, GOOD, 500);
        totals.openUntil(FIRST_HOUR);
        return totals;
    }

    @Example
    void fewBadReviewsOrSlowAnswersAreNoDropAndTenBadReviewsAre() {
        Drops drops = new Drops();
        QualityDrop drop = new QualityDrop();
        QualityTotals few = goodDays();
        add(few, FIRST_HOUR, BAD, 9);
        drop.judge(1, few.compared(), drops);
        QualityTotals slow = goodDays();
        add(slow, FIRST_HOUR, new QueryEvent(0, 30_000, true, false), 50);
        drop.judge(2, slow.compared(), drops);
        assertThat(drops.opened).isZero();

        add(few, FIRST_HOUR, BAD, 1);
        drop.judge(3, few.compared(), drops);
        drop.judge(4, few.compared(), drops);
        assertThat(drops.opened).isOne();
        assertThat(drops.over).isZero();
        assertThat(Objects.requireNonNull(drops.last).usual()).isCloseTo(98, within(1e-9));

        few.openUntil(FIRST_HOUR + 24);
        drop.judge(5, few.compared(), drops);
        assertThat(drops.over).isOne();
    }

    @Example
    void halfOfADropIsStillOneAndNoNewOne() {
        QualityTotals totals = goodDays();
        add(totals, FIRST_HOUR, GOOD, 300);
        add(totals, FIRST_HOUR, BAD, 30);
        Drops drops = new Drops();
        QualityDrop drop = new QualityDrop();
        drop.judge(1, totals.compared(), drops);
        assertThat(drops.opened).isZero();
        add(totals, FIRST_HOUR, BAD, 30);
        drop.judge(2, totals.compared(), drops);
        assertThat(drops.opened).isOne();
        add(totals, FIRST_HOUR, GOOD, 300);
        drop.judge(3, totals.compared(), drops);
        assertThat(drops.over).as("4 points").isZero();
        add(totals, FIRST_HOUR, GOOD, 1000);
        drop.judge(4, totals.compared(), drops);
        assertThat(drops.over).isOne();
    }

    @Example
    void stateOfAnEarlierVersionHasNoDrop() {
        AgentOutlook outlook = new AgentOutlook(FIRST_HOUR * 4, SlotCalendar.UTC);
        byte[] bytes = outlook.encode();
        byte[] earlier = Arrays.copyOf(bytes, bytes.length - Long.BYTES);
        earlier[0] = 1;
        assertThat(AgentOutlook.decode(earlier, SlotCalendar.UTC).encode()).isEqualTo(bytes);
    }

    /** Nothing changes, and each drop that is found is false. Looked at every hour. */
    @Example
    void agentsThatStayAsTheyAreDropSeldom() {
        int agents = 10;
        int years = 1;
        for (int reviewsADay : new int[] {12, 40, 100, 500}) {
            Drops drops = new Drops();
            for (int agent = 0; agent < agents; agent++) {
                simulate(reviewsADay, years * 365, 0.9, drops, new Random(agent));
            }
            System.out.printf(
                    "%d reviews a day: %.3f false drops an agent and month%n",
                    reviewsADay, drops.opened / (12.0 * years * agents));
            assertThat(drops.opened).isLessThan(12 * years * agents);
        }
    }

    private static void simulate(int reviewsADay, int days, double approved, Drops drops, Random random) {
        QualityTotals totals = new QualityTotals(FIRST_HOUR);
        QualityDrop drop = new QualityDrop();
        for (long hour = FIRST_HOUR; hour < FIRST_HOUR + 24L * days; hour++) {
            totals.openUntil(hour);
            double expected = reviewsADay / 24.0;
            int reviews = (int) expected + (random.nextDouble() < expected - (int) expected ? 1 : 0);
            for (int i = 0; i < reviews; i++) {
                totals.add(
                        hour,
                        QueryParts.of(
                                new QueryEvent(0, 100, random.nextDouble() < approved, random.nextInt(10) == 0), 1));
            }
            if (hour > FIRST_HOUR + 24 * 30) {
                drop.judge(hour, totals.compared(), drops);
            }
        }
    }
}
