package dev.agentpulse.bench.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FreshnessReportTest {

    private static final long MILLI = 1_000_000;

    @Test
    void tellsPercentilesInMillisecondsAndWhatWasNotSeen() {
        Marker seen = marker(true);
        for (Sight sight : Sight.values()) {
            seen.seen(sight, 25 * MILLI);
        }
        Marker unseen = marker(true);

        FreshnessReport report = new FreshnessReport(List.of(seen, unseen), 1);

        assertThat(report.table()).containsPattern("row visible +25.0 +25.0 +25.0 +25.0 +1 +1");
        assertThat(report.sawEverything()).isFalse();
        assertThat(report.markersPerSecond()).isEqualTo(2);
    }

    @Test
    void warmUpDoesNotCount() {
        FreshnessReport report = new FreshnessReport(List.of(marker(false)), 1);

        assertThat(report.sawEverything()).isTrue();
        assertThat(report.table()).containsPattern("alert row +- +- +- +- +0 +0");
    }

    private static Marker marker(boolean counted) {
        Marker marker = new Marker("agent", "conversation", true, counted);
        marker.committed(0);
        return marker;
    }
}
