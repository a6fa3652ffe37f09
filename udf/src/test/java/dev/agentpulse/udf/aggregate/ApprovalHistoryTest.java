package dev.agentpulse.udf.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.udf.aggregate.ApprovalEvent.Kind;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class ApprovalHistoryTest {

    private static final long SECOND = 1_000_000;
    private static final long YEAR = 365 * 86_400 * SECOND;

    @Test
    void aDecisionCountsForTheTimeThatItTookRoundedUp() {
        assertThat(decided(300 * SECOND).values()).containsExactly(30_000);
        assertThat(decided(300 * SECOND + 1).values()).containsExactly(30_001);
        assertThat(decided(-1).values()).containsExactly(0);
        assertThat(decided(-SECOND).values()).containsExactly(-100);
        assertThat(decided(300 * SECOND + 1).sums()).containsExactly(new BigDecimal("300.000001"));
        assertThat(ApprovalHistory.slaHundredths(300 * SECOND)).isEqualTo(30_000);
    }

    @Test
    void beyondAnHourItIsAtMostOnePercentAboveAndBeyond248DaysTheGreatestInteger() {
        assertThat(decided(100_000 * SECOND).values()[0]).isBetween(10_000_000, 10_100_000);
        assertThat(decided(1000 * YEAR).values()).containsExactly(Integer.MAX_VALUE);
        assertThat(decided(-1000 * YEAR).values()).containsExactly(Integer.MIN_VALUE);
        assertThat(decided(1000 * YEAR).sums()[0]).isEqualByComparingTo(BigDecimal.valueOf(1000 * (YEAR / SECOND)));
    }

    @Test
    void whatIsTakenOutLeavesNothing() {
        HistoryTotals totals = decided(77);
        new ApprovalHistory(new ApprovalEvent(5, Kind.APPROVED, 77), false).addTo(totals, -1);
        assertThat(totals.isZero()).isTrue();
    }

    @Test
    void aDecisionIsNotPending() {
        ApprovalEvent decision = new ApprovalEvent(5, Kind.REJECTED, 77);
        assertThatThrownBy(() -> new ApprovalHistory(decision, true)).isInstanceOf(IllegalArgumentException.class);
    }

    private static HistoryTotals decided(long resolutionMicros) {
        HistoryTotals totals = new HistoryTotals(ApprovalHistory.COUNTS.size(), ApprovalHistory.SUMS.size(), 0);
        new ApprovalHistory(new ApprovalEvent(5, Kind.APPROVED, resolutionMicros), false).addTo(totals, 1);
        return totals;
    }
}
