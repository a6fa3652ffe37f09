package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SuffixMaximaPropertiesTest {

    /** Sets a slice's figure, or, with a figure below -80, forgets all slices up to it. */
    record Change(int sliceEnd, int maximum) {}

    @Property
    void answersAsAScanOfAllLaterSlices(@ForAll("changes") List<Change> changes) {
        SuffixMaxima maxima = new SuffixMaxima();
        TreeMap<Long, Integer> all = new TreeMap<>();
        for (Change change : changes) {
            long end = change.sliceEnd();
            if (change.maximum() < -80) {
                maxima.removeThrough(end);
                all.headMap(end, true).clear();
            } else {
                boolean gone = change.maximum() < -60;
                maxima.put(end, gone ? Slice.NO_MAXIMUM : change.maximum());
                all.put(end, gone ? Slice.NO_MAXIMUM : change.maximum());
            }
            for (long start = -1; start <= 101; start++) {
                int expected = all.tailMap(start, false).values().stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(Slice.NO_MAXIMUM);
                assertThat(maxima.maximumAfter(start)).isEqualTo(expected);
            }
        }
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 100),
                        Arbitraries.integers().between(-100, 500))
                .as(Change::new)
                .list()
                .ofMaxSize(120);
    }
}
