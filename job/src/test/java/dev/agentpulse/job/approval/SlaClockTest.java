package dev.agentpulse.job.approval;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.decided;
import static dev.agentpulse.job.model.Samples.pending;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Breach at five minutes, warning at ten, critical at fifteen: the defaults. */
class SlaClockTest {

    private static final long DEADLINE = START + 5 * MINUTE;

    private final List<TickRecord> said = new ArrayList<>();
    private final SlaClock clock = new SlaClock(SampleConfig.of().alerts(), null);

    @Test
    void breachesAtItsDeadlineThoughNothingElseHappens() {
        insertPending();
        assertThat(clock.nextDeadlineMicros()).isEqualTo(DEADLINE);
        clock.advanceTo(DEADLINE - 1, said::add);
        assertThat(said).isEmpty();

        clock.advanceTo(DEADLINE + 700_000, said::add);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s");
        assertThat(alerts().get(0).alertId()).isEqualTo("approval_sla_breach:a:" + DEADLINE);
        assertThat(events()).containsExactly("sla_breach");
        assertThat(clock.nextDeadlineMicros()).isEqualTo(START + 10 * MINUTE);
    }

    @Test
    void getsWorseTwiceAndIsResolvedByTheDecision() {
        insertPending();
        clock.advanceTo(START + 20 * MINUTE, said::add);
        assertThat(clock.nextDeadlineMicros()).isEqualTo(Long.MAX_VALUE);
        long now = START + 21 * MINUTE;
        clock.set(decided("a", ApprovalStatus.APPROVED, START, now), now, false, said::add);
        clock.advanceTo(now, said::add);

        assertThat(steps())
                .containsExactly(
                        "OPEN INFO at 300 s",
                        "ESCALATE WARNING at 600 s",
                        "ESCALATE CRITICAL at 900 s",
                        "RESOLVE CRITICAL at 1260 s");
        assertThat(alerts()).extracting(AlertChange::alertId).containsOnly("approval_sla_breach:a:" + DEADLINE);
        assertThat(events()).containsExactly("sla_breach", "sla_escalated", "sla_escalated", "sla_resolved");
        assertThat(keys()).doesNotHaveDuplicates();
        assertThat(clock.state()).isNull();
        assertThat(clock.nextDeadlineMicros()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void decisionAtTheVeryDeadlineIsInTime() {
        insertPending();
        clock.set(decided("a", ApprovalStatus.REJECTED, START, DEADLINE), DEADLINE, false, said::add);
        clock.advanceTo(DEADLINE + MINUTE, said::add);

        assertThat(said).isEmpty();
    }

    @Test
    void decisionAMomentLaterIsNot() {
        insertPending();
        clock.set(decided("a", ApprovalStatus.REJECTED, START, DEADLINE), DEADLINE + 1, false, said::add);
        clock.advanceTo(DEADLINE + MINUTE, said::add);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s", "RESOLVE INFO at 300 s");
    }

    @Test
    void deletingThePendingRowResolves() {
        insertPending();
        clock.advanceTo(DEADLINE, said::add);
        clock.set(null, DEADLINE + SECOND, false, said::add);
        clock.advanceTo(DEADLINE + SECOND, said::add);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s", "RESOLVE INFO at 301 s");
    }

    @Test
    void decidedWhilePendingWasNeverSeenSaysNothing() {
        clock.set(
                decided("a", ApprovalStatus.APPROVED, START, START + 9 * MINUTE), START + 9 * MINUTE, true, said::add);
        clock.advanceTo(START + 60 * MINUTE, said::add);

        assertThat(said).isEmpty();
        assertThat(clock.state()).isNull();
    }

    @Test
    void backToPendingBreachesAnewUnderANameOfItsOwn() {
        insertPending();
        clock.advanceTo(DEADLINE, said::add);
        clock.set(decided("a", ApprovalStatus.APPROVED, START, DEADLINE + SECOND), DEADLINE + SECOND, false, said::add);
        clock.set(pending("a", START), DEADLINE + 3 * SECOND, false, said::add);
        clock.advanceTo(DEADLINE + 4 * SECOND, said::add);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s", "RESOLVE INFO at 301 s", "OPEN INFO at 303 s");
        assertThat(alerts().get(2).alertId()).isEqualTo("approval_sla_breach:a:" + (DEADLINE + 3 * SECOND));
        assertThat(keys()).doesNotHaveDuplicates();
    }

    @Test
    void decidedAndBackWithinOneTransactionIsNoNews() {
        insertPending();
        clock.set(decided("a", ApprovalStatus.APPROVED, START, START + SECOND), START + SECOND, false, said::add);
        clock.set(pending("a", START), START + SECOND, false, said::add);
        clock.advanceTo(DEADLINE, said::add);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s");
    }

    @Test
    void laterCreationTimeMovesTheDeadlineAndEndsTheOldBreach() {
        insertPending();
        clock.advanceTo(DEADLINE + SECOND, said::add);
        clock.set(pending("a", START + 2 * MINUTE), DEADLINE + 2 * SECOND, false, said::add);
        clock.advanceTo(DEADLINE + 3 * MINUTE, said::add);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s", "RESOLVE INFO at 302 s", "OPEN INFO at 300 s");
        assertThat(alerts().get(2).timeMicros()).isEqualTo(DEADLINE + 2 * MINUTE);
    }

    @Test
    void rowThatIsKnownAfterItsDeadlineOpensWhenItIsKnown() {
        long known = START + 11 * MINUTE;
        clock.set(pending("a", START), known, false, said::add);
        clock.advanceTo(known, said::add);

        assertThat(steps()).containsExactly("OPEN WARNING at 660 s");
        assertThat(alerts().get(0).timeMicros()).isEqualTo(known);
        assertThat(alerts().get(0).alertId()).isEqualTo("approval_sla_breach:a:" + known);
        assertThat(events()).containsExactly("sla_breach");
        assertThat(clock.nextDeadlineMicros()).isEqualTo(START + 15 * MINUTE);
    }

    @Test
    void oldRowOfTheSnapshotBreachesAtOnceAsOfItsDeadlineWithoutAMessage() {
        clock.set(pending("a", START), START + 16 * MINUTE, true, said::add);
        clock.advanceTo(START + 17 * MINUTE, said::add);

        assertThat(steps()).containsExactly("OPEN CRITICAL at 300 s");
        assertThat(events()).isEmpty();
    }

    @Test
    void youngRowOfTheSnapshotBreachesAtItsDeadlineWithAMessage() {
        clock.set(pending("a", START), START + MINUTE, true, said::add);
        clock.advanceTo(START + 6 * MINUTE, said::add);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s");
        assertThat(events()).containsExactly("sla_breach");
    }

    @Test
    void rowAheadOfTimeBreachesFiveMinutesAfterItsOwnTime() {
        clock.set(pending("a", START + 60 * MINUTE), START, false, said::add);
        clock.advanceTo(START + 65 * MINUTE - 1, said::add);
        assertThat(said).isEmpty();

        clock.advanceTo(START + 65 * MINUTE, said::add);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s");
    }

    @Test
    void restoredClockGoesOnWhereItWas() {
        insertPending();
        clock.advanceTo(START + 6 * MINUTE, said::add);
        SlaClock restored = new SlaClock(SampleConfig.of().alerts(), clock.state());
        restored.advanceTo(START + 6 * MINUTE, said::add);
        restored.advanceTo(START + 11 * MINUTE, said::add);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s", "ESCALATE WARNING at 600 s");
    }

    private void insertPending() {
        clock.set(pending("a", START), START, false, said::add);
        clock.advanceTo(START, said::add);
    }

    private List<AlertChange> alerts() {
        return said.stream()
                .filter(record -> record.kind() == TickRecord.Kind.ALERT)
                .map(record -> Objects.requireNonNull(record.alert()))
                .toList();
    }

    private List<String> steps() {
        return alerts().stream()
                .map(alert -> alert.step() + " " + alert.severity() + " at "
                        + Objects.requireNonNull(alert.value()).longValue() + " s")
                .toList();
    }

    private List<ChannelMessage> messages() {
        return said.stream()
                .filter(record -> record.kind() == TickRecord.Kind.MESSAGE)
                .map(record -> Objects.requireNonNull(record.message()))
                .toList();
    }

    private List<String> events() {
        return messages().stream().map(ChannelMessage::event).toList();
    }

    private List<String> keys() {
        return messages().stream().map(ChannelMessage::eventKey).toList();
    }
}
