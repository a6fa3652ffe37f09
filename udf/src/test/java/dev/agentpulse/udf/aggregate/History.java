package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Plays one history to the windows under test and to the oracle, and compares them after every step. */
final class History<V extends Timed, S extends Slice<V>, W extends Window<V, S>> {

    static final WindowSpec SPEC = new WindowSpec(10, 20, 50, 200);

    /** The clock of a history starts below zero, so that it passes the epoch. */
    private static final long FIRST_TIME = -150;

    enum Kind {
        INSERT,
        INSERT_AGAIN,
        UPDATE,
        DELETE,
        ADVANCE,
        ADVANCE_FAR,
        RESTORE
    }

    /** One operation. {@code seed} decides on values, rows and the places where an advance is cut. */
    record Operation(Kind kind, int offset, int seed) {}

    /** What a stream adds: its events, its slices and windows, and what must be equal. */
    record Stream<V, S, W>(
            EventFactory<V> event,
            Supplier<S> newSlice,
            Supplier<W> newWindow,
            Function<byte[], S> decode,
            Comparison<V, W> comparison) {}

    interface EventFactory<V> {
        V at(long timeMicros, Random random);
    }

    interface Comparison<V, W> {
        void assertSame(W window, OptionalInt maximum, List<V> rows);
    }

    private final Stream<V, S, W> stream;
    private final NaiveWindows<V> naive = new NaiveWindows<>(SPEC);
    private final Map<Long, byte[]> storedSlices = new TreeMap<>();
    private final Map<Long, List<V>> storedPending = new TreeMap<>();
    private SlidingWindows<V, S, W> windows;

    History(Stream<V, S, W> stream) {
        this.stream = stream;
        this.windows = newWindows();
    }

    static Arbitrary<List<Operation>> operations() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                net.jqwik.api.Tuple.of(8, Kind.INSERT),
                net.jqwik.api.Tuple.of(2, Kind.INSERT_AGAIN),
                net.jqwik.api.Tuple.of(3, Kind.UPDATE),
                net.jqwik.api.Tuple.of(2, Kind.DELETE),
                net.jqwik.api.Tuple.of(6, Kind.ADVANCE),
                net.jqwik.api.Tuple.of(1, Kind.ADVANCE_FAR),
                net.jqwik.api.Tuple.of(1, Kind.RESTORE));
        return Combinators.combine(kinds, Arbitraries.integers().between(-260, 90), Arbitraries.integers())
                .as(Operation::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }

    void play(List<Operation> operations) {
        for (Operation operation : operations) {
            Random random = new Random(operation.seed());
            switch (operation.kind()) {
                case INSERT -> insert(newEvent(operation.offset(), random));
                case INSERT_AGAIN -> anyRow(random).forEach(this::insert);
                case UPDATE ->
                    anyRow(random).forEach(before -> {
                        retract(before);
                        insert(newEvent(operation.offset(), random));
                    });
                case DELETE -> anyRow(random).forEach(this::retract);
                case ADVANCE -> advanceBy(Math.abs(operation.offset()) / 8, random);
                case ADVANCE_FAR -> advanceBy(2L * Math.abs(operation.offset()), random);
                case RESTORE -> restore();
            }
            compareAsOf(windows.timeMicros());
        }
        drainAfterTheLastRow();
    }

    private void insert(V value) {
        windows.insert(value);
        naive.insert(value);
    }

    private void retract(V value) {
        assertThat(windows.retract(value)).isTrue();
        naive.retract(value);
    }

    private V newEvent(int offset, Random random) {
        long time = clock() + offset;
        boolean onEdge = random.nextInt(3) == 0;
        return stream.event().at(onEdge ? time - Math.floorMod(time, SPEC.slideMicros()) : time, random);
    }

    private List<V> anyRow(Random random) {
        List<V> rows = naive.rows();
        return rows.isEmpty() ? List.of() : List.of(rows.get(random.nextInt(rows.size())));
    }

    private long clock() {
        return windows.timeMicros() == Long.MIN_VALUE ? FIRST_TIME : windows.timeMicros();
    }

    private void advanceBy(long byMicros, Random random) {
        long target = clock() + byMicros;
        SortedSet<Long> expected = naive.stepsUntil(target);
        List<Long> steps = new ArrayList<>();
        for (int cut = random.nextInt(4); cut > 0 && byMicros > 0; cut--) {
            // Also backwards, which must change nothing.
            advanceTo(Math.min(target, clock() + random.nextLong(-5, byMicros)), steps);
        }
        advanceTo(target, steps);
        naive.advanceTo(target);
        assertThat(steps).containsExactlyElementsOf(expected);
        assertThat(windows.timeMicros()).isEqualTo(target);
    }

    private void advanceTo(long toMicros, List<Long> steps) {
        windows.advanceTo(toMicros, step -> {
            assertThat(windows.timeMicros()).isEqualTo(step);
            compareAsOf(step);
            steps.add(step);
        });
    }

    private void drainAfterTheLastRow() {
        long last = naive.rows().stream().mapToLong(Timed::timeMicros).max().orElse(0);
        advanceBy(Math.max(0, last - clock()) + 1_000, new Random(last));
        assertThat(windows.isEmpty()).isTrue();
        assertThat(windows.nextStepMicros()).isEqualTo(Long.MAX_VALUE);
        store();
        assertThat(storedSlices).isEmpty();
        assertThat(storedPending).isEmpty();
    }

    private void store() {
        windows.drainChangedSlices((end, slice) -> {
            if (slice == null) {
                storedSlices.remove(end);
            } else {
                storedSlices.put(end, slice.encode().clone());
            }
        });
        windows.drainChangedPending((time, values) -> {
            if (values == null) {
                storedPending.remove(time);
            } else {
                storedPending.put(time, List.copyOf(values));
            }
        });
    }

    private void restore() {
        store();
        Map<Long, S> slices = new TreeMap<>();
        storedSlices.forEach((end, bytes) -> slices.put(end, stream.decode().apply(bytes)));
        long time = windows.timeMicros();
        windows = newWindows();
        windows.restore(time, slices.entrySet(), storedPending.entrySet());
    }

    private SlidingWindows<V, S, W> newWindows() {
        return new SlidingWindows<>(SPEC, stream.newSlice(), stream.newWindow());
    }

    private void compareAsOf(long timeMicros) {
        boolean anyWaiting = naive.rows().stream().anyMatch(row -> row.timeMicros() > timeMicros);
        List<V> longest = naive.window(SPEC.windowCount() - 1, timeMicros);
        assertThat(windows.isEmpty()).isEqualTo(longest.isEmpty() && !anyWaiting);
        assertThat(windows.nextStepMicros()).isEqualTo(nextStep(timeMicros));
        for (int i = 0; i < SPEC.windowCount(); i++) {
            List<V> rows = naive.window(i, timeMicros);
            assertThat(windows.window(i).isEmpty()).isEqualTo(rows.isEmpty());
            OptionalLong latest = rows.stream().mapToLong(Timed::timeMicros).max();
            assertThat(windows.latestMicros(i)).isEqualTo(latest);
            stream.comparison().assertSame(windows.window(i), windows.maximum(i), rows);
        }
    }

    private long nextStep(long timeMicros) {
        SortedSet<Long> steps = new TreeSet<>();
        NaiveWindows<V> asOf = new NaiveWindows<>(SPEC);
        naive.rows().forEach(asOf::insert);
        asOf.advanceTo(timeMicros);
        steps.addAll(asOf.stepsUntil(1L << 40));
        return steps.isEmpty() ? Long.MAX_VALUE : steps.first();
    }
}
