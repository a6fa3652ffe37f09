package dev.agentpulse.bench.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarkersTest {

    private final Markers markers = new Markers();

    @Test
    void aCountCoversTheOldestMarkersOfTheAgent() {
        Marker first = add(0, "a", "1", false);
        Marker second = add(0, "a", "2", false);
        Marker third = add(0, "a", "3", false);
        Marker other = add(0, "b", "4", false);

        markers.rowCounts("a", 2, 1_000);

        assertThat(List.of(first, second)).allMatch(marker -> marker.isSeen(Sight.ROW));
        assertThat(List.of(third, other)).noneMatch(marker -> marker.isSeen(Sight.ROW));
    }

    @Test
    void onlyTheFirstSightCounts() {
        Marker marker = add(0, "a", "1", false);
        marker.committed(100);

        markers.rowCounts("a", 1, 150);
        markers.rowCounts("a", 1, 900);

        assertThat(marker.delayNanos(Sight.ROW)).isEqualTo(50);
    }

    @Test
    void aNewTurnCountsFromNothing() {
        add(0, "a", "1", false);
        markers.rowCounts("a", 1, 100);
        Marker later = add(1, "a", "2", false);

        markers.rowCounts("a", 0, 200);
        assertThat(later.isSeen(Sight.ROW)).isFalse();
        markers.rowCounts("a", 1, 300);
        assertThat(later.isSeen(Sight.ROW)).isTrue();
    }

    @Test
    void onlySlowMarkersAwaitAlerts() {
        Marker fast = add(0, "a", "fast", false);
        Marker slow = add(0, "a", "slow", true);

        assertThat(fast.lacks(Sight.ALERT_ROW)).isFalse();
        assertThat(markers.awaitingAlerts()).containsExactly("slow");

        markers.seen("slow", Sight.ALERT_ROW, 100);
        assertThat(markers.awaitingAlerts()).isEmpty();
        assertThat(slow.lacks(Sight.ALERT_ROW)).isFalse();
        assertThat(slow.lacks(Sight.ALERT_NOTIFICATION)).isTrue();
    }

    @Test
    void otherPeoplesConversationsAreNoMarkers() {
        add(0, "a", "1", false);

        markers.seen("somebody's", Sight.NOTIFICATION, 100);

        assertThat(markers.lackAny(EnumSet.allOf(Sight.class))).isTrue();
    }

    @Test
    void aSightBeforeTheClientHearsOfItsCommitIsAtOnce() {
        Marker marker = add(0, "a", "1", false);

        markers.seen("1", Sight.NOTIFICATION, 90);
        marker.committed(100);

        assertThat(marker.delayNanos(Sight.NOTIFICATION)).isZero();
    }

    private Marker add(int turn, String agent, String conversation, boolean slow) {
        Marker marker = new Marker(agent, conversation, slow, true);
        markers.add(turn, marker);
        return marker;
    }
}
