package dev.agentpulse.udf.aggregate;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The oracle: keeps every row that is there, as the source table does, and computes each answer from all of them. */
final class NaiveWindows<V extends Timed> {

    private final WindowSpec spec;
    private final List<V> rows = new ArrayList<>();
    private long timeMicros = Long.MIN_VALUE;

    NaiveWindows(WindowSpec spec) {
        this.spec = spec;
    }

    void insert(V value) {
        rows.add(value);
    }

    void retract(V value) {
        rows.remove(value);
    }

    List<V> rows() {
        return rows;
    }

    long timeMicros() {
        return timeMicros;
    }

    void advanceTo(long toMicros) {
        timeMicros = Math.max(timeMicros, toMicros);
    }

    /** The instants after now, up to a time, at which a row enters the windows or leaves one of them. */
    SortedSet<Long> stepsUntil(long toMicros) {
        SortedSet<Long> steps = new TreeSet<>();
        for (V row : rows) {
            steps.add(row.timeMicros());
            for (long size : spec.sizesMicros()) {
                long slide = spec.slideMicros();
                // Plain arithmetic, other than the code under test; histories stay far from overflow.
                long sliceEnd = -Math.floorDiv(-row.timeMicros(), slide) * slide;
                steps.add(sliceEnd + size);
            }
        }
        return timeMicros >= toMicros
                ? new TreeSet<>()
                : new TreeSet<>(steps.subSet(timeMicros == Long.MIN_VALUE ? timeMicros : timeMicros + 1, toMicros + 1));
    }

    /** The rows of a window as of a time. */
    List<V> window(int window, long asOfMicros) {
        if (asOfMicros == Long.MIN_VALUE) {
            return List.of();
        }
        long slide = spec.slideMicros();
        long start = Math.floorDiv(asOfMicros, slide) * slide - spec.sizesMicros()[window];
        return rows.stream()
                .filter(row -> row.timeMicros() > start && row.timeMicros() <= asOfMicros)
                .toList();
    }
}
