package dev.agentpulse.udf.table;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.AggregateFunction;
import org.jspecify.annotations.Nullable;

/** {@code LABEL_COUNTS(labels)}: how often each label occurs in arrays of labels; an empty map when there is none. */
@FunctionHint(output = @DataTypeHint("MAP<STRING, INT>"))
public final class LabelCountsFunction extends AggregateFunction<Map<String, Integer>, LabelCountsFunction.Counts> {

    /** Public and mutable, because Flink reads and writes the fields of an accumulator. */
    public static class Counts {
        public MapView<String, Integer> counts = new MapView<>();
    }

    @Override
    public Counts createAccumulator() {
        return new Counts();
    }

    public void accumulate(Counts counts, @Nullable String @Nullable [] labels) throws Exception {
        count(counts, labels, 1);
    }

    public void retract(Counts counts, @Nullable String @Nullable [] labels) throws Exception {
        count(counts, labels, -1);
    }

    private static void count(Counts counts, @Nullable String @Nullable [] labels, int delta) throws Exception {
        if (labels == null) {
            return;
        }
        for (String label : labels) {
            if (label != null) {
                addTo(counts, label, delta);
            }
        }
    }

    private static void addTo(Counts counts, String label, int delta) throws Exception {
        Integer before = counts.counts.get(label);
        int after = (before == null ? 0 : before) + delta;
        if (after == 0) {
            counts.counts.remove(label);
        } else {
            counts.counts.put(label, after);
        }
    }

    public void merge(Counts counts, Iterable<Counts> others) throws Exception {
        for (Counts other : others) {
            for (Map.Entry<String, Integer> entry : other.counts.entries()) {
                addTo(counts, entry.getKey(), entry.getValue());
            }
        }
    }

    @Override
    public Map<String, Integer> getValue(Counts counts) {
        Map<String, Integer> value = new HashMap<>();
        try {
            for (Map.Entry<String, Integer> entry : counts.counts.entries()) {
                value.put(entry.getKey(), entry.getValue());
            }
        } catch (Exception e) {
            // A view may lie in a state backend, whose failures are of any kind; a result cannot declare them.
            throw new IllegalStateException("label counts must be readable", e);
        }
        return value;
    }
}
