package dev.agentpulse.job.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** The pending approvals against a list that is gone through afresh for each question. */
class PendingApprovalsPropertiesTest {

    /** Not a round part of a second, so that rounding matters. */
    private static final long UNIT = 9_999;

    private static final long[] AGES = {60 * UNIT, 300 * UNIT, 900 * UNIT, 120 * UNIT};

    /** So few rows on the heap that they have to be read again and again. */
    private static final int FIRST_ROWS = 2;

    enum Act {
        ADD,
        REMOVE,
        REMOVE_OLDEST,
        ADVANCE,
        CLEAR,
        RELOAD
    }

    record Step(Act act, String id, long createdAt, long forward) {}

    @Property(tries = 1000)
    void figuresEqualARecalculationInSortedState(@ForAll("steps") List<Step> steps) throws Exception {
        play(steps, new TreeMap<>(), true);
    }

    @Property(tries = 1000)
    void figuresEqualARecalculationInUnsortedState(@ForAll("steps") List<Step> steps) throws Exception {
        play(steps, new HashMap<>(), false);
    }

    private static void play(List<Step> steps, Map<PendingKey, String> stored, boolean sorted) throws Exception {
        MapStateInMemory<PendingKey, String> state = new MapStateInMemory<>(stored);
        PendingApprovals pending = new PendingApprovals(state, sorted, FIRST_ROWS);
        Map<String, PendingKey> rows = new HashMap<>();
        long now = Long.MIN_VALUE;
        for (Step step : steps) {
            switch (step.act()) {
                case ADD -> {
                    PendingKey before = rows.put(step.id(), new PendingKey(step.createdAt(), step.id()));
                    if (before != null) {
                        assertThat(pending.remove(before)).isTrue();
                    }
                    pending.add(new PendingKey(step.createdAt(), step.id()), "c-" + step.id());
                }
                case REMOVE -> {
                    PendingKey before = rows.remove(step.id());
                    PendingKey key = before == null ? new PendingKey(step.createdAt(), step.id()) : before;
                    assertThat(pending.remove(key)).isEqualTo(before != null);
                }
                case REMOVE_OLDEST -> {
                    Map.Entry<PendingKey, @Nullable String> oldest = pending.oldest();
                    if (oldest != null) {
                        rows.remove(oldest.getKey().id());
                        assertThat(pending.remove(oldest.getKey())).isTrue();
                    }
                }
                case ADVANCE -> {
                    now = now == Long.MIN_VALUE ? step.forward() : now + step.forward();
                    pending.advanceTo(now);
                }
                case CLEAR -> {
                    pending.clear();
                    rows.clear();
                }
                case RELOAD -> {
                    pending = new PendingApprovals(state, sorted, FIRST_ROWS);
                    pending.load();
                    pending.advanceTo(now);
                }
            }
            assertSame(pending, rows, now);
        }
    }

    private static void assertSame(PendingApprovals pending, Map<String, PendingKey> rows, long now) throws Exception {
        List<PendingKey> waiting = rows.values().stream()
                .filter(row -> row.createdAtMicros() <= now)
                .sorted()
                .toList();
        assertThat(pending.size()).isEqualTo(waiting.size());
        assertThat(pending.isEmpty()).isEqualTo(rows.isEmpty());
        if (now != Long.MIN_VALUE) {
            for (long age : AGES) {
                assertThat(pending.countFrom(age)).isEqualTo((int) waiting.stream()
                        .filter(row -> now - row.createdAtMicros() >= age)
                        .count());
            }
        }
        assertThat(pending.oldest())
                .isEqualTo(
                        waiting.isEmpty()
                                ? null
                                : new AbstractMap.SimpleEntry<>(
                                        waiting.get(0), "c-" + waiting.get(0).id()));
        assertThat(pending.maxAgeSeconds()).isEqualTo(waiting.isEmpty() ? null : age(waiting.get(0), now));
        assertThat(pending.minAgeSeconds())
                .isEqualTo(waiting.isEmpty() ? null : age(waiting.get(waiting.size() - 1), now));
        assertThat(pending.averageAgeSeconds()).isEqualTo(average(waiting, now));
        assertThat(pending.nextArrivalMicros())
                .isEqualTo(rows.values().stream()
                        .mapToLong(PendingKey::createdAtMicros)
                        .filter(created -> created > now)
                        .min()
                        .orElse(Long.MAX_VALUE));
    }

    private static BigDecimal age(PendingKey row, long now) {
        return new BigDecimal(BigInteger.valueOf(now - row.createdAtMicros()), 6).setScale(2, RoundingMode.HALF_UP);
    }

    private static @Nullable BigDecimal average(List<PendingKey> waiting, long now) {
        if (waiting.isEmpty()) {
            return null;
        }
        BigDecimal sum = BigDecimal.ZERO;
        for (PendingKey row : waiting) {
            sum = sum.add(new BigDecimal(BigInteger.valueOf(now - row.createdAtMicros()), 6));
        }
        return sum.divide(BigDecimal.valueOf(waiting.size()), 2, RoundingMode.HALF_UP);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(10, Act.ADD),
                                Tuple.of(3, Act.REMOVE),
                                Tuple.of(3, Act.REMOVE_OLDEST),
                                Tuple.of(6, Act.ADVANCE),
                                Tuple.of(1, Act.CLEAR),
                                Tuple.of(1, Act.RELOAD)),
                        Arbitraries.of("a", "b", "c", "d", "e", "f", "g", "h"),
                        Arbitraries.longs().between(0, 30).map(hundreds -> hundreds * 100 * UNIT),
                        Arbitraries.longs().between(1, 700).map(units -> units * UNIT))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }
}
