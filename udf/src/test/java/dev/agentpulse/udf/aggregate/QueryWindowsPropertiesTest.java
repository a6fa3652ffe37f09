package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Predicate;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class QueryWindowsPropertiesTest {

    private static final int SLOW_MS = 200;

    @Property
    void figuresEqualARecalculationAfterEveryStepOfAnyHistory(
            @ForAll("operations") List<History.Operation> operations) {
        new History<>(new History.Stream<>(
                        QueryWindowsPropertiesTest::event,
                        QuerySlice::new,
                        () -> new QueryWindow(SLOW_MS),
                        QuerySlice::decode,
                        QueryWindowsPropertiesTest::assertSame))
                .play(operations);
    }

    @Provide
    Arbitrary<List<History.Operation>> operations() {
        return History.operations();
    }

    private static QueryEvent event(long timeMicros, Random random) {
        Integer latency =
                switch (random.nextInt(8)) {
                    case 0 -> null;
                    case 1 -> 0;
                    case 2 -> 9_990 + random.nextInt(200);
                    case 3 -> random.nextInt(Integer.MAX_VALUE);
                    case 4 -> Integer.MAX_VALUE;
                    default -> random.nextInt(400);
                };
        Boolean approved = random.nextInt(3) == 0 ? null : Boolean.valueOf(random.nextBoolean());
        return new QueryEvent(timeMicros, latency, approved, random.nextInt(3) == 0);
    }

    private static void assertSame(QueryWindow window, OptionalInt maximum, List<QueryEvent> rows) {
        List<Long> latencies = rows.stream()
                .filter(row -> row.latencyMs() != null)
                .map(row -> (long) row.latencyMs())
                .toList();
        long sum = latencies.stream().mapToLong(Long::longValue).sum();
        assertThat(maximum)
                .isEqualTo(latencies.stream().mapToInt(Math::toIntExact).max());
        assertThat(window.count()).isEqualTo(rows.size());
        assertThat(window.latencyCount()).isEqualTo(latencies.size());
        assertThat(window.latencySum()).isEqualTo(sum);
        assertThat(window.averageLatency()).isEqualTo(NaiveFigures.average(BigDecimal.valueOf(sum), latencies.size()));
        assertThat(window.slowCount())
                .isEqualTo(latencies.stream().filter(ms -> ms > SLOW_MS).count());
        assertThat(window.approvedCount()).isEqualTo(count(rows, row -> Boolean.TRUE.equals(row.approved())));
        assertThat(window.rejectedCount()).isEqualTo(count(rows, row -> Boolean.FALSE.equals(row.approved())));
        assertThat(window.unreviewedCount()).isEqualTo(count(rows, row -> row.approved() == null));
        assertThat(window.editedCount()).isEqualTo(count(rows, QueryEvent::humanEdited));
        for (int percent : new int[] {1, 50, 95, 99, 100}) {
            Integer reported = window.percentile(percent);
            NaiveFigures.assertPercentile(
                    reported == null ? null : Long.valueOf(reported),
                    NaiveFigures.percentile(latencies, percent),
                    QueryWindow.EXACT_LATENCY_MS);
        }
    }

    private static long count(List<QueryEvent> rows, Predicate<QueryEvent> condition) {
        return rows.stream().filter(condition).count();
    }
}
