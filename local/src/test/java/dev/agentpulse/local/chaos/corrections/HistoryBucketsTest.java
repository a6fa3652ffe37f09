package dev.agentpulse.local.chaos.corrections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.proof.HistoryBuckets;
import dev.agentpulse.proof.HistoryBuckets.Length;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HistoryBucketsTest {

    private static final Instant MOMENT = Instant.parse("2026-11-26T12:34:56.789012Z");
    private static final Instant A_QUARTER_LATER = Instant.parse("2026-11-26T12:45:00Z");

    private final List<HistoryBuckets> buckets =
            HistoryBuckets.holding("approval_history", Map.of("all", List.of(MOMENT, MOMENT, A_QUARTER_LATER)));

    @Test
    void holdsEachMomentInABucketOfEveryLength() {
        assertThat(buckets).extracting(HistoryBuckets::length).containsExactly(Length.values());
        assertThat(buckets)
                .extracting(some -> some.starts().get("all"))
                .containsExactly(
                        Set.of(Instant.parse("2026-11-26T12:34:00Z"), A_QUARTER_LATER),
                        Set.of(Instant.parse("2026-11-26T12:30:00Z"), A_QUARTER_LATER),
                        Set.of(Instant.parse("2026-11-26T12:00:00Z")),
                        Set.of(Instant.parse("2026-11-26T00:00:00Z")));
    }

    @Test
    void countsThoseThatHaveEnded() {
        assertThat(buckets).extracting(some -> some.endedBy(A_QUARTER_LATER)).containsExactly(1L, 1L, 0L, 0L);
        assertThat(buckets)
                .extracting(some -> some.endedBy(Instant.parse("2026-11-27T00:00:00Z")))
                .containsExactly(2L, 2L, 1L, 1L);
    }
}
