package dev.agentpulse.bench.viewers;

import dev.agentpulse.bench.Percentiles;
import java.util.List;
import java.util.Locale;

/**
 * What viewers saw.
 *
 * @param connected viewers that were let in
 * @param silent of these, how many saw no tick
 * @param ageMillis from the time up to which a tick is complete to its arrival, each arrival
 * @param spreadMillis from the first viewer's arrival of a tick to the others', each arrival
 * @param seconds how long
 * @param bytes that came
 */
record ViewerReport(
        int asked,
        int connected,
        int silent,
        List<Long> ageMillis,
        List<Long> spreadMillis,
        double seconds,
        long bytes) {

    boolean servedAll() {
        return connected == asked && silent == 0;
    }

    String text() {
        String head = String.format(
                Locale.ROOT,
                "%d of %d viewers connected, %d of them saw no tick; %.1f frames a second each, %.1f MB a second%n",
                connected,
                asked,
                silent,
                connected == 0 ? 0 : ageMillis.size() / seconds / connected,
                bytes / seconds / 1e6);
        if (ageMillis.isEmpty()) {
            return head;
        }
        return head
                + String.format(Locale.ROOT, "%-34s %8s %8s %8s %8s%n", "ms", "p50", "p95", "p99", "max")
                + line("from the tick's time to a viewer", ageMillis)
                + System.lineSeparator()
                + line("from the first viewer to another", spreadMillis);
    }

    private static String line(String title, List<Long> values) {
        Percentiles percentiles =
                new Percentiles(values.stream().mapToLong(Long::longValue).toArray());
        return String.format(
                Locale.ROOT,
                "%-34s %8d %8d %8d %8d",
                title,
                percentiles.at(50),
                percentiles.at(95),
                percentiles.at(99),
                percentiles.max());
    }
}
