package dev.agentpulse.udf.table;

import dev.agentpulse.udf.aggregate.LatencyHistogram;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.flink.table.api.dataview.MapView;
import org.jspecify.annotations.Nullable;

/** The accumulator of the percentile functions: counts by value in a map view, so that a change touches one entry. */
public class ValueCounts {

    // Public and mutable, because Flink reads and writes the fields of an accumulator.
    public @Nullable Integer percent;
    public MapView<Long, Integer> counts = new MapView<>();

    /** Counts a value, rounded as the histogram reports it, once more ({@code delta} 1) or once less (-1). */
    void count(LatencyHistogram histogram, long value, int requestedPercent, int delta) throws Exception {
        percent = requestedPercent;
        addTo(histogram.reported(value), delta);
    }

    void merge(Iterable<ValueCounts> others) throws Exception {
        for (ValueCounts other : others) {
            if (percent == null) {
                percent = other.percent;
            }
            for (Map.Entry<Long, Integer> entry : other.counts.entries()) {
                addTo(entry.getKey(), entry.getValue());
            }
        }
    }

    /** A retraction may come before its value when partial results are merged, so a count may be negative for a while. */
    private void addTo(long value, int delta) throws Exception {
        Integer before = counts.get(value);
        int after = (before == null ? 0 : before) + delta;
        if (after == 0) {
            counts.remove(value);
        } else {
            counts.put(value, after);
        }
    }

    /** Reads the percentile by way of an empty histogram; empty if nothing is counted. */
    OptionalLong percentile(LatencyHistogram histogram) {
        for (Map.Entry<Long, Integer> entry : entries()) {
            if (entry.getValue() > 0) {
                histogram.add(entry.getKey(), entry.getValue());
            }
        }
        return percent == null ? OptionalLong.empty() : histogram.percentile(percent);
    }

    /** A view may lie in a state backend, whose failures are of any kind; a function's result cannot declare them. */
    private Iterable<Map.Entry<Long, Integer>> entries() {
        try {
            return counts.entries();
        } catch (Exception e) {
            throw new IllegalStateException("counts of a percentile must be readable", e);
        }
    }
}
