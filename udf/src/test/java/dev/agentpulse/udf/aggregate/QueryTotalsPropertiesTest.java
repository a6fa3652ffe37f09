package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class QueryTotalsPropertiesTest {

    private static final LatencyHistogram SCALE = new LatencyHistogram(QueryWindow.EXACT_LATENCY_MS);

    @Property
    void partsEqualPlainCounting(@ForAll("events") List<QueryEvent> in, @ForAll("events") List<QueryEvent> out) {
        QueryTotals totals = new QueryTotals();
        in.forEach(event -> totals.add(event, 1));
        out.forEach(event -> totals.add(event, -1));

        TreeMap<Integer, Integer> latencies = new TreeMap<>();
        in.forEach(event -> count(latencies, event, 1));
        out.forEach(event -> count(latencies, event, -1));
        latencies.values().removeIf(count -> count == 0);
        assertThat(totals.latencyValues()).containsExactly(toArray(latencies.keySet()));
        assertThat(totals.latencyCounts()).containsExactly(toArray(latencies.values()));
        assertThat(totals.queryCount()).isEqualTo(in.size() - out.size());
        assertThat(totals.latencySum()).isEqualTo(latencySum(in) - latencySum(out));
        assertThat(totals.approvedCount()).isEqualTo(approved(in) - approved(out));
        assertThat(totals.editedCount()).isEqualTo(edited(in) - edited(out));
    }

    @Property
    void whatIsPutInAndTakenOutLeavesNothing(@ForAll("events") List<QueryEvent> events) {
        QueryTotals totals = new QueryTotals();
        events.forEach(event -> totals.add(event, 1));
        events.forEach(event -> totals.add(event, -1));
        assertThat(totals.isZero()).isTrue();
    }

    @Property
    void totalsOfTwoPartsAreThoseOfTheWhole(
            @ForAll("events") List<QueryEvent> one, @ForAll("events") List<QueryEvent> other) {
        QueryTotals whole = new QueryTotals();
        one.forEach(event -> whole.add(event, 1));
        other.forEach(event -> whole.add(event, -1));
        QueryTotals sum = new QueryTotals();
        one.forEach(event -> sum.add(event, 1));
        QueryTotals second = new QueryTotals();
        other.forEach(event -> second.add(event, -1));
        sum.add(second);
        assertThat(sum.encode()).isEqualTo(whole.encode());
    }

    @Property
    void decodedTotalsAreTheSame(@ForAll("events") List<QueryEvent> in, @ForAll("events") List<QueryEvent> out) {
        QueryTotals totals = new QueryTotals();
        in.forEach(event -> totals.add(event, 1));
        out.forEach(event -> totals.add(event, -1));
        totals.addPurged();
        QueryTotals decoded = QueryTotals.decode(totals.encode());
        assertThat(decoded.encode()).isEqualTo(totals.encode());
        assertThat(decoded.purgedCount()).isEqualTo(1);
        decoded.add(new QueryEvent(0, 77, null, false), 1);
        totals.add(new QueryEvent(0, 77, null, false), 1);
        assertThat(decoded.encode()).isEqualTo(totals.encode());
    }

    private static void count(Map<Integer, Integer> latencies, QueryEvent event, int sign) {
        if (event.latencyMs() != null) {
            latencies.merge(Math.toIntExact(SCALE.reported(event.latencyMs())), sign, Integer::sum);
        }
    }

    private static int[] toArray(Iterable<Integer> values) {
        List<Integer> list = new ArrayList<>();
        values.forEach(list::add);
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    private static long latencySum(List<QueryEvent> events) {
        return events.stream()
                .map(QueryEvent::latencyMs)
                .filter(latency -> latency != null)
                .mapToLong(Integer::longValue)
                .sum();
    }

    private static long approved(List<QueryEvent> events) {
        return events.stream()
                .filter(event -> Boolean.TRUE.equals(event.approved()))
                .count();
    }

    private static long edited(List<QueryEvent> events) {
        return events.stream().filter(QueryEvent::humanEdited).count();
    }

    @Provide
    Arbitrary<List<QueryEvent>> events() {
        Arbitrary<Integer> latency = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.integers().between(0, 30)),
                net.jqwik.api.Tuple.of(2, Arbitraries.integers().between(0, 11_000)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0, Integer.MAX_VALUE)));
        return Combinators.combine(
                        latency.injectNull(0.1),
                        Arbitraries.of(true, false).injectNull(0.3),
                        Arbitraries.of(true, false))
                .as((latencyMs, approved, edited) -> new QueryEvent(0, latencyMs, approved, edited))
                .list()
                .ofMaxSize(60);
    }
}
