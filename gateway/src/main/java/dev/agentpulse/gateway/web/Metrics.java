package dev.agentpulse.gateway.web;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Counters, gauges and one kind of histogram, in the text that Prometheus reads. */
public final class Metrics {

    private static final String PREFIX = "agentpulse_gateway_";
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double[] BOUNDS = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5};

    private final Map<String, String> help = new LinkedHashMap<>();
    private final Map<String, LongAdder> counters = new LinkedHashMap<>();
    private final Map<String, DoubleSupplier> gauges = new LinkedHashMap<>();
    private final Map<String, Durations> durations = new LinkedHashMap<>();

    /** How long something took, by count of at most so many seconds. */
    public static final class Durations {
        private final LongAdder[] buckets = new LongAdder[BOUNDS.length];
        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();

        Durations() {
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = new LongAdder();
            }
        }

        public void record(long tookNanos) {
            double seconds = tookNanos / NANOS_PER_SECOND;
            for (int i = 0; i < BOUNDS.length; i++) {
                if (seconds <= BOUNDS[i]) {
                    buckets[i].increment();
                }
            }
            count.increment();
            nanos.add(tookNanos);
        }
    }

    public LongAdder counter(String name, String meaning) {
        help.put(name, meaning);
        return counters.computeIfAbsent(name, absent -> new LongAdder());
    }

    public void gauge(String name, String meaning, DoubleSupplier value) {
        help.put(name, meaning);
        gauges.put(name, value);
    }

    public Durations durations(String name, String meaning) {
        help.put(name, meaning);
        return durations.computeIfAbsent(name, absent -> new Durations());
    }

    String text() {
        List<String> lines = new ArrayList<>();
        counters.forEach((name, counter) -> {
            head(lines, name, "counter");
            lines.add(PREFIX + name + " " + counter.sum());
        });
        gauges.forEach((name, gauge) -> {
            head(lines, name, "gauge");
            lines.add(PREFIX + name + " " + gauge.getAsDouble());
        });
        durations.forEach((name, each) -> {
            head(lines, name, "histogram");
            for (int i = 0; i < BOUNDS.length; i++) {
                lines.add(PREFIX + name + "_bucket{le=\"" + BOUNDS[i] + "\"} " + each.buckets[i].sum());
            }
            lines.add(PREFIX + name + "_bucket{le=\"+Inf\"} " + each.count.sum());
            lines.add(PREFIX + name + "_sum " + each.nanos.sum() / NANOS_PER_SECOND);
            lines.add(PREFIX + name + "_count " + each.count.sum());
        });
        return String.join("\n", lines) + "\n";
    }

    private void head(List<String> lines, String name, String type) {
        lines.add("# HELP " + PREFIX + name + " " + help.get(name));
        lines.add("# TYPE " + PREFIX + name + " " + type);
    }
}
