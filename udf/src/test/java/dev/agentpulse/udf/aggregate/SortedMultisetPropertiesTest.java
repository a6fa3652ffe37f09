package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SortedMultisetPropertiesTest {

    @Property
    void holdsWhatASortedListHolds(@ForAll("values") List<Long> values, @ForAll("values") List<Long> gone) {
        SortedMultiset multiset = of(values);
        List<Long> expected = new ArrayList<>(values);
        for (long value : gone) {
            assertThat(multiset.contains(value)).isEqualTo(expected.contains(value));
            if (expected.remove(value)) {
                multiset.remove(value);
            }
        }
        assertThat(contents(multiset)).isEqualTo(expected.stream().sorted().toList());
        assertThat(multiset.total()).isEqualTo(expected.size());
        assertThat(multiset.isEmpty()).isEqualTo(expected.isEmpty());
        expected.stream().max(Long::compare).ifPresent(greatest -> assertThat(multiset.greatest())
                .isEqualTo(greatest));
    }

    /** More than a few chunks, which grow in the middle and at the end, and become empty. */
    @Property(tries = 20)
    void holdsWhatATreeHoldsThoughTheyAreMany(@ForAll Random random) {
        SortedMultiset multiset = new SortedMultiset();
        TreeMap<Long, Integer> expected = new TreeMap<>();
        int distinctAtMost = 5 * SortedMultiset.CHUNK;
        for (int i = 0; i < 4 * distinctAtMost; i++) {
            long value = random.nextInt(distinctAtMost);
            multiset.add(value);
            expected.merge(value, 1, Integer::sum);
        }
        for (int i = 0; i < 6 * distinctAtMost; i++) {
            // Whole chunks go, too.
            long value = random.nextInt(distinctAtMost) / 3;
            assertThat(multiset.contains(value)).isEqualTo(expected.containsKey(value));
            if (expected.computeIfPresent(value, (same, count) -> count == 1 ? null : count - 1) != null
                    || multiset.contains(value)) {
                multiset.remove(value);
            }
        }
        assertThat(counts(multiset)).isEqualTo(expected);
        assertThat(multiset.total())
                .isEqualTo(expected.values().stream().mapToInt(count -> count).sum());
        assertThat(multiset.greatest()).isEqualTo(expected.lastKey());
        PackedOutput out = new PackedOutput();
        multiset.write(out);
        assertThat(counts(SortedMultiset.read(new PackedInput(out.toByteArray()))))
                .isEqualTo(expected);
    }

    private static Map<Long, Integer> counts(SortedMultiset multiset) {
        Map<Long, Integer> counts = new TreeMap<>();
        multiset.forEach(counts::put);
        return counts;
    }

    @Property
    void comesBackFromItsPackedFormAndLeavesWhatFollows(
            @ForAll("values") List<Long> first, @ForAll("values") List<Long> second) {
        PackedOutput out = new PackedOutput();
        of(first).write(out);
        of(second).write(out);
        out.writeUnsigned(0);
        PackedInput in = new PackedInput(out.toByteArray());
        assertThat(contents(SortedMultiset.read(in)))
                .isEqualTo(first.stream().sorted().toList());
        assertThat(contents(SortedMultiset.read(in)))
                .isEqualTo(second.stream().sorted().toList());
        assertThat(in.readUnsigned()).isZero();
    }

    @Example
    void manyRowsWithOneTimeTakeFewBytes() {
        SortedMultiset multiset = new SortedMultiset();
        for (int i = 0; i < 50_000; i++) {
            multiset.add(1_700_000_000_000_000L);
        }
        PackedOutput out = new PackedOutput();
        multiset.write(out);
        assertThat(out.toByteArray()).hasSizeLessThan(20);
    }

    @Example
    void removingWhatIsNotThereIsRefused() {
        assertThatThrownBy(() -> of(List.of(1L)).remove(2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("2 is not");
    }

    @Provide
    Arbitrary<List<Long>> values() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(-5, 5),
                        Arbitraries.longs().between(0, 100_000),
                        // Distances between any two must fit in a long.
                        Arbitraries.longs().between(-WindowSpec.LIMIT_MICROS, WindowSpec.LIMIT_MICROS))
                .list()
                .ofMaxSize(80);
    }

    private static SortedMultiset of(List<Long> values) {
        SortedMultiset multiset = new SortedMultiset();
        values.forEach(multiset::add);
        return multiset;
    }

    private static List<Long> contents(SortedMultiset multiset) {
        List<Long> contents = new ArrayList<>();
        multiset.forEach((value, count) -> contents.addAll(Collections.nCopies(count, value)));
        return contents;
    }
}
