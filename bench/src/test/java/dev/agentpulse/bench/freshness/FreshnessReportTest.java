package dev.agentpulse.bench.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreshnessReportTest {

    private static final long MILLI = 1_000_000;
    private static final Set<Sight> ALL = EnumSet.allOf(Sight.class);

    @Test
    void tellsPercentilesInMillisecondsAndWhatWasNotSeen() {
        Marker seen = marker(true);
        for (Sight sight : Sight.values()) {
            seen.seen(sight, 25 * MILLI);
        }
        Marker unseen = marker(true);

        FreshnessReport report = new FreshnessReport(List.of(seen, unseen), 1, ALL);

        assertThat(report.table()).containsPattern("row visible +25.0 +25.0 +25.0 +25.0 +1 +1");
        assertThat(report.sawEverything()).isFalse();
        assertThat(report.markersPerSecond()).isEqualTo(2);
    }

    @Test
    void warmUpDoesNotCount() {
        FreshnessReport report = new FreshnessReport(List.of(marker(false)), 1, ALL);

        assertThat(report.sawEverything()).isTrue();
        assertThat(report.table()).containsPattern("alert row +- +- +- +- +0 +0");
    }

    @Test
    void onlyWhatWasWatchedCanBeMissing() {
        Marker marker = marker(true);
        marker.seen(Sight.ROW, 25 * MILLI);

        FreshnessReport report = new FreshnessReport(List.of(marker), 1, Set.of(Sight.ROW));

        assertThat(report.sawEverything()).isTrue();
        assertThat(report.millis(Sight.ROW, 99)).isEqualTo(25);
        assertThat(report.millis(Sight.ALERT_ROW, 99)).isNaN();
        assertThat(report.secondsBehind(Sight.ROW)).isEqualTo(0.025);
        assertThat(report.points(Sight.ROW)).containsExactly(new FreshnessReport.Point(0, 25));
    }

    private static Marker marker(boolean counted) {
        Marker marker = new Marker("agent", "conversation", true, counted);
        marker.committed(0);
        return marker;
    }
}
