package dev.agentpulse.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionSnapshotPropertiesTest {

    // Some wraparounds.
    private static final long MOST = 5L << 32;

    @Property
    void seesWhatIsBelowAndNotInProgress(
            @ForAll @LongRange(min = 3, max = MOST) long xmin,
            @ForAll @IntRange(max = 50) int width,
            @ForAll @Size(max = 10) java.util.Set<@IntRange(max = 49) Integer> offsets) {
        long xmax = xmin + width;
        TreeSet<Long> inProgress = offsets.stream()
                .filter(o -> o < width)
                .map(o -> xmin + o)
                .collect(Collectors.toCollection(TreeSet::new));
        String list = inProgress.stream().map(String::valueOf).collect(Collectors.joining(","));
        String text = xmin + ":" + xmax + ":" + list;

        TransactionSnapshot snapshot = TransactionSnapshot.parse(text);

        assertThat(snapshot).hasToString(text);
        LongStream.rangeClosed(Math.max(3, xmin - 5), xmax + 5).forEach(xid -> {
            boolean visible = xid < xmax && !inProgress.contains(xid);
            assertThat(snapshot.isVisible(xid)).as("%s in %s", xid, text).isEqualTo(visible);
            assertThat(snapshot.contains((int) xid)).as("%s in %s", xid, text).isEqualTo(visible);
        });
    }

    @Property
    void widensToTheIdThatWasCutOff(@ForAll @LongRange(min = 3, max = MOST) long xmax, @ForAll int distance) {
        long xid = xmax + distance;
        if (xid >= 0) {
            assertThat(TransactionSnapshot.parse(xmax + ":" + xmax + ":").widen((int) xid))
                    .isEqualTo(xid);
        }
    }

    @Property
    void neverWidensBelowZero(@ForAll @LongRange(min = 3, max = 3_000_000_000L) long xmax, @ForAll int xid) {
        long wide = TransactionSnapshot.parse(xmax + ":" + xmax + ":").widen(xid);
        assertThat(wide).isNotNegative();
        assertThat((int) wide).isEqualTo(xid);
    }

    @Test
    void bothSidesOfAWraparound() {
        TransactionSnapshot before = TransactionSnapshot.parse("4294967290:4294967295:4294967292");
        assertThat(before.widen(5)).isEqualTo((1L << 32) + 5);
        assertThat(before.contains(5)).isFalse();
        TransactionSnapshot after = TransactionSnapshot.parse("4294967290:4294967300:4294967292");
        assertThat(after.widen(-6)).isEqualTo(4294967290L);
        assertThat(after.contains(-6)).isTrue();
        assertThat(after.contains(-4)).isFalse();
        assertThat(after.contains(3)).isTrue();
        assertThat(after.contains(4)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "1", "1:2", "a:b:", "5:4:", "1:5:5", "4:9:3", "1:9:3,2", "1:9:3,3", "1:9:3,", "-1:9:", "1:2:3:4"
            })
    void refusesWhatIsNoSnapshot(String text) {
        assertThatThrownBy(() -> TransactionSnapshot.parse(text)).isInstanceOf(MalformedValueException.class);
    }
}
