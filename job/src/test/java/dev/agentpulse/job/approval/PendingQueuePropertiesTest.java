package dev.agentpulse.job.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** The queue against a list that is gone through afresh for each question. */
class PendingQueuePropertiesTest {

    /** Not a round part of a second, so that rounding matters. */
    private static final long UNIT = 9_999;

    private static final long[] AGES = {60 * UNIT, 300 * UNIT, 900 * UNIT, 120 * UNIT};

    enum Act {
        PUT,
        REMOVE,
        ADVANCE,
        CLEAR
    }

    record Step(Act act, String id, long createdAt, long forward) {}

    @Property(tries = 2000)
    void figuresEqualARecalculationAfterEveryStep(@ForAll("steps") List<Step> steps) {
        PendingQueue queue = new PendingQueue(AGES);
        Map<String, PendingApproval> rows = new HashMap<>();
        long now = Long.MIN_VALUE;
        for (Step step : steps) {
            switch (step.act()) {
                case PUT -> {
                    PendingApproval row = new PendingApproval(step.id(), null, step.createdAt());
                    queue.put(row);
                    rows.put(step.id(), row);
                }
                case REMOVE -> {
                    queue.remove(step.id());
                    rows.remove(step.id());
                }
                case ADVANCE -> {
                    now = now == Long.MIN_VALUE ? step.forward() : now + step.forward();
                    queue.advanceTo(now);
                }
                case CLEAR -> {
                    queue.clear();
                    rows.clear();
                }
            }
            assertSame(queue, rows, now);
        }
    }

    private static void assertSame(PendingQueue queue, Map<String, PendingApproval> rows, long now) {
        List<PendingApproval> waiting = rows.values().stream()
                .filter(row -> row.createdAtMicros() <= now)
                .sorted(Comparator.comparingLong(PendingApproval::createdAtMicros)
                        .thenComparing(PendingApproval::id))
                .toList();
        assertThat(queue.size()).isEqualTo(waiting.size());
        assertThat(queue.isEmpty()).isEqualTo(rows.isEmpty());
        for (long age : AGES) {
            assertThat(queue.countFrom(age))
                    .isEqualTo(waiting.stream()
                            .filter(row -> now - row.createdAtMicros() >= age)
                            .count());
        }
        assertThat(queue.oldest()).isEqualTo(waiting.isEmpty() ? null : waiting.get(0));
        assertThat(queue.maxAgeSeconds()).isEqualTo(waiting.isEmpty() ? null : age(waiting.get(0), now));
        assertThat(queue.minAgeSeconds())
                .isEqualTo(waiting.isEmpty() ? null : age(waiting.get(waiting.size() - 1), now));
        assertThat(queue.averageAgeSeconds()).isEqualTo(average(waiting, now));
        assertThat(queue.nextArrivalMicros())
                .isEqualTo(rows.values().stream()
                        .mapToLong(PendingApproval::createdAtMicros)
                        .filter(created -> created > now)
                        .min()
                        .orElse(Long.MAX_VALUE));
    }

    private static BigDecimal age(PendingApproval row, long now) {
        return new BigDecimal(BigInteger.valueOf(now - row.createdAtMicros()), 6).setScale(2, RoundingMode.HALF_UP);
    }

    private static @Nullable BigDecimal average(List<PendingApproval> waiting, long now) {
        if (waiting.isEmpty()) {
            return null;
        }
        BigDecimal sum = BigDecimal.ZERO;
        for (PendingApproval row : waiting) {
            sum = sum.add(new BigDecimal(BigInteger.valueOf(now - row.createdAtMicros()), 6));
        }
        return sum.divide(BigDecimal.valueOf(waiting.size()), 2, RoundingMode.HALF_UP);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(8, Act.PUT),
                                Tuple.of(4, Act.REMOVE),
                                Tuple.of(6, Act.ADVANCE),
                                Tuple.of(1, Act.CLEAR)),
                        Arbitraries.of("a", "b", "c", "d", "e", "f"),
                        Arbitraries.longs().between(0, 3000).map(units -> units * UNIT),
                        Arbitraries.longs().between(1, 700).map(units -> units * UNIT))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }
}
