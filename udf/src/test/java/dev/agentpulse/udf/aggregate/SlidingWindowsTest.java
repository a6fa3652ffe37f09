package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SlidingWindowsTest {

    private static final WindowSpec SPEC = new WindowSpec(10, 20, 50);

    private final SlidingWindows<QueryEvent, QuerySlice, QueryWindow> windows = newWindows();
    private final List<Long> steps = new ArrayList<>();

    @Test
    void everythingWaitsUntilTimeBegins() {
        windows.insert(query(-1_000_000));
        windows.insert(query(5));
        assertThat(windows.timeMicros()).isEqualTo(Long.MIN_VALUE);
        assertThat(windows.window(1).isEmpty()).isTrue();
        assertThat(windows.isEmpty()).isFalse();
        assertThat(windows.nextStepMicros()).isEqualTo(-1_000_000);
    }

    @Test
    void aRowOnAnEdgeLeavesExactlyOneSizeLater() {
        windows.advanceTo(10, steps::add);
        windows.insert(query(10));
        windows.advanceTo(29, steps::add);
        assertThat(windows.window(0).count()).isEqualTo(1);
        windows.advanceTo(30, steps::add);
        assertThat(windows.window(0).count()).isZero();
        assertThat(windows.window(1).count()).isEqualTo(1);
        assertThat(steps).containsExactly(30L);
    }

    @Test
    void severalThingsAtOneInstantAreOneStep() {
        windows.advanceTo(10, steps::add);
        windows.insert(query(10));
        windows.insert(query(30));
        windows.insert(query(30));
        windows.advanceTo(35, steps::add);
        assertThat(steps).containsExactly(30L);
        assertThat(windows.window(0).count()).isEqualTo(2);
    }

    @Test
    void theEndOfTimeEmptiesEverything() {
        windows.insert(query(7));
        windows.advanceTo(Long.MAX_VALUE, steps::add);
        assertThat(steps).containsExactly(7L, 30L, 60L);
        assertThat(windows.isEmpty()).isTrue();
        assertThat(windows.timeMicros()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void rowsOlderThanEveryWindowLeaveNoTrace() {
        windows.advanceTo(100, steps::add);
        windows.insert(query(50));
        assertThat(windows.isEmpty()).isTrue();
        assertThat(windows.retract(query(50))).isTrue();
        windows.insert(query(51));
        assertThat(windows.window(1).count()).isEqualTo(1);
        assertThat(windows.window(0).count()).isZero();
    }

    @Test
    void retractingWhatNeverCameChangesNothingAndSaysSo() {
        windows.advanceTo(100, steps::add);
        windows.insert(new QueryEvent(95, 120, true, false));
        assertThat(windows.retract(new QueryEvent(96, 120, true, false))).isFalse();
        assertThat(windows.retract(new QueryEvent(95, 121, true, false))).isFalse();
        assertThat(windows.retract(new QueryEvent(95, null, true, false))).isFalse();
        assertThat(windows.retract(new QueryEvent(95, 120, false, false))).isFalse();
        assertThat(windows.retract(new QueryEvent(95, 120, null, false))).isFalse();
        assertThat(windows.retract(new QueryEvent(95, 120, true, true))).isFalse();
        assertThat(windows.retract(query(70))).isFalse();
        assertThat(windows.retract(query(170))).isFalse();
        assertThat(windows.window(0).count()).isEqualTo(1);
        assertThat(windows.window(0).latencySum()).isEqualTo(120);
        assertThat(windows.retract(new QueryEvent(95, 120, true, false))).isTrue();
        assertThat(windows.isEmpty()).isTrue();
    }

    @Test
    void drainsOnlyWhatChangedSinceTheLastTime() {
        windows.advanceTo(100, steps::add);
        windows.insert(query(95));
        windows.insert(query(85));
        windows.insert(query(150));
        assertThat(drained(windows)).containsExactly("slice 90: 1", "slice 100: 1", "pending 150: 1");
        assertThat(drained(windows)).isEmpty();
        windows.insert(query(95));
        assertThat(drained(windows)).containsExactly("slice 100: 2");
        windows.retract(query(85));
        windows.advanceTo(150, steps::add);
        assertThat(drained(windows))
                .containsExactly("slice 90: gone", "slice 100: gone", "slice 150: 1", "pending 150: gone");
    }

    @Test
    void waitingValuesThatAreEqualAreCounted() {
        windows.advanceTo(0, steps::add);
        windows.insert(query(15));
        windows.insert(query(15));
        assertThat(drained(windows)).containsExactly("pending 15: 2");
        assertThat(windows.retract(query(15))).isTrue();
        assertThat(drained(windows)).containsExactly("pending 15: 1");
        windows.advanceTo(15, steps::add);
        assertThat(windows.window(0).count()).isEqualTo(1);
    }

    @Test
    void restoreWithShorterWindowsDropsWhatTheyNoLongerReach() {
        Map<Long, QuerySlice> slices = new TreeMap<>();
        for (long time : new long[] {55, 95}) {
            QuerySlice slice = new QuerySlice();
            slice.add(query(time));
            slices.put(SPEC.sliceEnd(time), slice);
        }
        SlidingWindows<QueryEvent, QuerySlice, QueryWindow> shorter =
                new SlidingWindows<>(new WindowSpec(10, 20, 30), QuerySlice::new, () -> new QueryWindow(200));
        shorter.restore(100, slices.entrySet(), List.of());
        assertThat(shorter.window(1).count()).isEqualTo(1);
        assertThat(drained(shorter)).containsExactly("slice 60: gone");
    }

    @Test
    void restoreRefusesSlicesOfAnotherSlideAndTimesThatArePast() {
        assertThatThrownBy(() -> newWindows().restore(100, List.of(Map.entry(95L, new QuerySlice())), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("multiples of the slide 10")
                .hasMessageContaining("one is 95");
        assertThatThrownBy(() -> newWindows().restore(100, List.of(Map.entry(120L, new QuerySlice())), List.of()))
                .hasMessageContaining("one is 120");
        assertThatThrownBy(() -> newWindows().restore(100, List.of(), List.of(Map.entry(100L, List.of(query(100))))))
                .hasMessageContaining("after 100 but one is 100");
        windows.insert(query(1));
        assertThatThrownBy(() -> windows.restore(100, List.of(), List.of())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesATimeThatNoSliceCanHold() {
        assertThatThrownBy(() -> windows.insert(query(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeMicros must be within");
    }

    @Test
    void manySlicesAreKeptAndPackedWithoutLosingAny() {
        SlidingWindows<QueryEvent, QuerySlice, QueryWindow> wide =
                new SlidingWindows<>(new WindowSpec(10, 10, 10_000), QuerySlice::new, () -> new QueryWindow(200));
        wide.advanceTo(10_000, steps::add);
        for (int latency = 1; latency < 1_000; latency++) {
            wide.insert(new QueryEvent(latency * 10L, latency, null, false));
        }
        assertThat(wide.window(1).latencySum()).isEqualTo(999 * 1_000 / 2);
        for (int latency = 999; latency > 500; latency--) {
            assertThat(wide.maximum(1)).hasValue(latency);
            assertThat(wide.retract(new QueryEvent(latency * 10L, latency, null, false)))
                    .isTrue();
        }
        assertThat(wide.window(1).latencySum()).isEqualTo(500 * 501 / 2);
        wide.advanceTo(20_000, steps::add);
        assertThat(wide.isEmpty()).isTrue();
        assertThat(wide.maximum(1)).isEmpty();
    }

    @Test
    void maximaAreForgottenWithTheirSlices() {
        windows.advanceTo(0, steps::add);
        for (long time = 10; time <= 1_000; time += 10) {
            windows.insert(query(time));
            windows.advanceTo(time, steps::add);
            assertThat(windows.maxima.size()).isLessThanOrEqualTo(5);
        }
        windows.advanceTo(2_000, steps::add);
        assertThat(windows.maxima.size()).isZero();
    }

    @Test
    void changeCountOfAWindowRisesWithWhateverEntersOrLeavesItAndWithNothingElse() {
        windows.advanceTo(100, steps::add);
        windows.insert(query(95));
        assertThat(counts()).containsExactly(1L, 1L);
        windows.insert(query(70));
        windows.insert(query(170));
        windows.retract(query(40));
        windows.advanceTo(109, steps::add);
        assertThat(counts()).containsExactly(1L, 2L);
        windows.advanceTo(120, steps::add);
        assertThat(counts()).containsExactly(2L, 3L);
        windows.retract(query(95));
        assertThat(counts()).containsExactly(2L, 4L);
        windows.advanceTo(170, steps::add);
        windows.clear();
        assertThat(counts()).containsExactly(4L, 6L);
    }

    @Test
    void largeSlicesStayOpenWhileTimeStandsStillAndTheLastUsedBehindThat() {
        SlidingWindows<QueryEvent, QuerySlice, QueryWindow> wide =
                new SlidingWindows<>(new WindowSpec(10, 10_000), QuerySlice::new, () -> new QueryWindow(200));
        wide.advanceTo(10_000, step -> {});
        int slices = SlidingWindows.OPEN_LARGE_SLICES + 44;
        for (int row = 0; row < 600; row++) {
            for (int slice = 1; slice <= slices; slice++) {
                wide.insert(query(slice * 10L));
            }
        }
        List<QuerySlice> all = new ArrayList<>();
        wide.drainChangedSlices((end, slice) -> all.add(slice));
        assertThat(all).hasSize(slices).doesNotContainNull();
        assertThat(all.stream().filter(QuerySlice::isLarge)).hasSize(SlidingWindows.OPEN_LARGE_SLICES);

        wide.advanceTo(10_001, step -> {});

        assertThat(all.stream().filter(QuerySlice::isLarge)).hasSize(SlidingWindows.OPEN_SLICES);
        assertThat(wide.window(0).count()).isEqualTo(600L * slices);
    }

    private List<Long> counts() {
        return List.of(windows.changeCount(0), windows.changeCount(1));
    }

    private static List<String> drained(SlidingWindows<QueryEvent, QuerySlice, QueryWindow> windows) {
        List<String> drained = new ArrayList<>();
        windows.drainChangedSlices((end, slice) -> {
            if (slice == null) {
                drained.add("slice " + end + ": gone");
                return;
            }
            QueryWindow sum = new QueryWindow(200);
            sum.combine(slice);
            drained.add("slice " + end + ": " + sum.count());
        });
        windows.drainChangedPending(
                (time, values) -> drained.add("pending " + time + ": " + (values == null ? "gone" : values.size())));
        return drained;
    }

    private static SlidingWindows<QueryEvent, QuerySlice, QueryWindow> newWindows() {
        return new SlidingWindows<>(SPEC, QuerySlice::new, () -> new QueryWindow(200));
    }

    private static QueryEvent query(long timeMicros) {
        return new QueryEvent(timeMicros, 100, null, false);
    }
}
