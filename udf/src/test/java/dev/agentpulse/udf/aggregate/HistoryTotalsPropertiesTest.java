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

class HistoryTotalsPropertiesTest {

    private static final LatencyHistogram SCALE = new LatencyHistogram(QueryWindow.EXACT_LATENCY_MS);

    @Property
    void partsEqualPlainCounting(@ForAll("events") List<QueryEvent> in, @ForAll("events") List<QueryEvent> out) {
        HistoryTotals totals = empty();
        in.forEach(event -> new QueryHistory(event).addTo(totals, 1));
        out.forEach(event -> new QueryHistory(event).addTo(totals, -1));

        TreeMap<Integer, Integer> latencies = new TreeMap<>();
        in.forEach(event -> count(latencies, event, 1));
        out.forEach(event -> count(latencies, event, -1));
        latencies.values().removeIf(count -> count == 0);
        assertThat(totals.values()).containsExactly(toArray(latencies.keySet()));
        assertThat(totals.valueCounts()).containsExactly(toArray(latencies.values()));
        assertThat(totals.counts()[0]).isEqualTo(in.size() - out.size());
        assertThat(totals.counts()[2]).isEqualTo(latencySum(in) - latencySum(out));
        assertThat(totals.counts()[3]).isEqualTo(approved(in) - approved(out));
        assertThat(totals.counts()[5]).isEqualTo(edited(in) - edited(out));
    }

    @Property
    void whatIsPutInAndTakenOutLeavesNothing(@ForAll("events") List<QueryEvent> events) {
        HistoryTotals totals = empty();
        events.forEach(event -> new QueryHistory(event).addTo(totals, 1));
        events.forEach(event -> new QueryHistory(event).addTo(totals, -1));
        assertThat(totals.isZero()).isTrue();
    }

    @Property
    void totalsOfTwoPartsAreThoseOfTheWhole(
            @ForAll("events") List<QueryEvent> one, @ForAll("events") List<QueryEvent> other) {
        HistoryTotals whole = empty();
        one.forEach(event -> new QueryHistory(event).addTo(whole, 1));
        other.forEach(event -> new QueryHistory(event).addTo(whole, -1));
        HistoryTotals sum = empty();
        one.forEach(event -> new QueryHistory(event).addTo(sum, 1));
        HistoryTotals second = empty();
        other.forEach(event -> new QueryHistory(event).addTo(second, -1));
        sum.add(second);
        assertThat(sum.encode()).isEqualTo(whole.encode());
    }

    @Property
    void decodedTotalsAreTheSame(@ForAll("events") List<QueryEvent> in, @ForAll("events") List<QueryEvent> out) {
        HistoryTotals totals = empty();
        in.forEach(event -> new QueryHistory(event).addTo(totals, 1));
        out.forEach(event -> new QueryHistory(event).addTo(totals, -1));
        totals.addPurged();
        HistoryTotals decoded = HistoryTotals.decode(totals.encode());
        assertThat(decoded.encode()).isEqualTo(totals.encode());
        assertThat(decoded.purgedCount()).isEqualTo(1);
        new QueryHistory(new QueryEvent(0, 77, null, false)).addTo(decoded, 1);
        new QueryHistory(new QueryEvent(0, 77, null, false)).addTo(totals, 1);
        assertThat(decoded.encode()).isEqualTo(totals.encode());
    }

    private static HistoryTotals empty() {
        return new HistoryTotals(QueryHistory.COUNTS.size(), 0, 0);
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
