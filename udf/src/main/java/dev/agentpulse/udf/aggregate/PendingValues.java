package dev.agentpulse.udf.aggregate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values whose time has not come, by time; equal values are counted. */
final class PendingValues<V extends Timed> {

    private final TreeMap<Long, Map<V, Integer>> byTime = new TreeMap<>();

    void add(V value) {
        byTime.computeIfAbsent(value.timeMicros(), time -> new LinkedHashMap<>())
                .merge(value, 1, Integer::sum);
    }

    boolean remove(V value) {
        Map<V, Integer> values = byTime.get(value.timeMicros());
        if (values == null || !values.containsKey(value)) {
            return false;
        }
        values.computeIfPresent(value, (same, count) -> count == 1 ? null : count - 1);
        if (values.isEmpty()) {
            byTime.remove(value.timeMicros());
        }
        return true;
    }

    /** The time of the first value, {@code Long.MAX_VALUE} if there is none. */
    long firstMicros() {
        return byTime.isEmpty() ? Long.MAX_VALUE : byTime.firstKey();
    }

    /** Removes and returns the values of a time. */
    List<V> take(long timeMicros) {
        List<V> values = at(timeMicros);
        byTime.remove(timeMicros);
        return values == null ? List.of() : values;
    }

    @Nullable
    List<V> at(long timeMicros) {
        Map<V, Integer> values = byTime.get(timeMicros);
        if (values == null) {
            return null;
        }
        List<V> list = new ArrayList<>();
        values.forEach((value, count) -> {
            for (int i = 0; i < count; i++) {
                list.add(value);
            }
        });
        return list;
    }

    /** Removes all values; returns their times. */
    List<Long> clear() {
        List<Long> times = List.copyOf(byTime.keySet());
        byTime.clear();
        return times;
    }

    boolean isEmpty() {
        return byTime.isEmpty();
    }
}
