package dev.agentpulse.job.approval;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.pending;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.SlaChange;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Breach at five minutes, warning at ten, critical at fifteen: the defaults. */
class SlaClockTest {

    private static final long DEADLINE = START + 5 * MINUTE;

    private final List<TickRecord> emitted = new ArrayList<>();
    private final SlaClock clock = new SlaClock(SampleConfig.of().alerts(), "a", false, null);

    @Test
    void breachesAtItsDeadlineThoughNothingElseHappens() {
        insertPending();
        assertThat(clock.nextMicros()).isEqualTo(DEADLINE);
        clock.advanceTo(DEADLINE - 1, this::take);
        assertThat(emitted).isEmpty();

        clock.advanceTo(DEADLINE + 700_000, this::take);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s");
        assertThat(alerts().get(0).alertId()).isEqualTo("approval_sla_breach:a:" + DEADLINE);
        assertThat(events()).containsExactly("sla_breach");
        assertThat(clock.nextMicros()).isEqualTo(START + 10 * MINUTE);
    }

    @Test
    void getsWorseTwiceAndIsResolvedByTheDecision() {
        insertPending();
        clock.advanceTo(START + 20 * MINUTE, this::take);
        assertThat(clock.nextMicros()).isEqualTo(Long.MAX_VALUE);
        long now = START + 21 * MINUTE;
        clock.apply(SlaChange.over("a", now, false), this::take);
        clock.advanceTo(now, this::take);

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
        assertThat(clock.nextMicros()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void decisionAtTheVeryDeadlineIsInTime() {
        insertPending();
        clock.apply(SlaChange.over("a", DEADLINE, false), this::take);
        clock.advanceTo(DEADLINE + MINUTE, this::take);

        assertThat(emitted).isEmpty();
    }

    @Test
    void decisionAMomentLaterIsNot() {
        insertPending();
        clock.apply(SlaChange.over("a", DEADLINE + 1, false), this::take);
        clock.advanceTo(DEADLINE + MINUTE, this::take);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s", "RESOLVE INFO at 300 s");
    }

    @Test
    void deletingThePendingRowResolves() {
        insertPending();
        clock.advanceTo(DEADLINE, this::take);
        clock.apply(SlaChange.over("a", DEADLINE + SECOND, false), this::take);
        clock.advanceTo(DEADLINE + SECOND, this::take);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s", "RESOLVE INFO at 301 s");
    }

    @Test
    void decidedWhilePendingWasNeverSeenEmitsNothing() {
        clock.apply(SlaChange.over("a", START + 9 * MINUTE, true), this::take);
        clock.advanceTo(START + 60 * MINUTE, this::take);

        assertThat(emitted).isEmpty();
        assertThat(clock.state()).isNull();
    }

    @Test
    void backToPendingBreachesAnewUnderANameOfItsOwn() {
        insertPending();
        clock.advanceTo(DEADLINE, this::take);
        clock.apply(SlaChange.over("a", DEADLINE + SECOND, false), this::take);
        clock.apply(SlaChange.pending(pending("a", START), DEADLINE + 3 * SECOND, false), this::take);
        clock.advanceTo(DEADLINE + 4 * SECOND, this::take);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s", "RESOLVE INFO at 301 s", "OPEN INFO at 303 s");
        assertThat(alerts().get(2).alertId()).isEqualTo("approval_sla_breach:a:" + (DEADLINE + 3 * SECOND));
        assertThat(keys()).doesNotHaveDuplicates();
    }

    @Test
    void decidedAndBackWithinOneTransactionIsNoNews() {
        insertPending();
        clock.apply(SlaChange.over("a", START + SECOND, false), this::take);
        clock.apply(SlaChange.pending(pending("a", START), START + SECOND, false), this::take);
        clock.advanceTo(DEADLINE, this::take);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s");
    }

    @Test
    void laterCreationTimeMovesTheDeadlineAndEndsTheOldBreach() {
        insertPending();
        clock.advanceTo(DEADLINE + SECOND, this::take);
        clock.apply(SlaChange.pending(pending("a", START + 2 * MINUTE), DEADLINE + 2 * SECOND, false), this::take);
        clock.advanceTo(DEADLINE + 3 * MINUTE, this::take);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s", "RESOLVE INFO at 302 s", "OPEN INFO at 300 s");
        assertThat(alerts().get(2).timeMicros()).isEqualTo(DEADLINE + 2 * MINUTE);
    }

    @Test
    void rowThatIsKnownAfterItsDeadlineOpensWhenItIsKnown() {
        long known = START + 11 * MINUTE;
        clock.apply(SlaChange.pending(pending("a", START), known, false), this::take);
        clock.advanceTo(known, this::take);

        assertThat(steps()).containsExactly("OPEN WARNING at 660 s");
        assertThat(alerts().get(0).timeMicros()).isEqualTo(known);
        assertThat(alerts().get(0).alertId()).isEqualTo("approval_sla_breach:a:" + known);
        assertThat(events()).containsExactly("sla_breach");
        assertThat(clock.nextMicros()).isEqualTo(START + 15 * MINUTE);
    }

    @Test
    void oldRowOfTheSnapshotBreachesAtOnceAsOfItsDeadlineWithoutAMessage() {
        clock.apply(SlaChange.pending(pending("a", START), START + 16 * MINUTE, true), this::take);
        clock.advanceTo(START + 17 * MINUTE, this::take);

        assertThat(steps()).containsExactly("OPEN CRITICAL at 300 s");
        assertThat(events()).isEmpty();
    }

    @Test
    void youngRowOfTheSnapshotBreachesAtItsDeadlineWithAMessage() {
        clock.apply(SlaChange.pending(pending("a", START), START + MINUTE, true), this::take);
        clock.advanceTo(START + 6 * MINUTE, this::take);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s");
        assertThat(events()).containsExactly("sla_breach");
    }

    @Test
    void secondReadingOfTheSnapshotReplacesTheFirstWithoutATrace() {
        clock.apply(SlaChange.pending(pending("a", START), START + 16 * MINUTE, true), this::take);
        clock.apply(SlaChange.over("a", START + 17 * MINUTE, true), this::take);
        assertThat(clock.state()).isNull();
        clock.apply(SlaChange.pending(pending("a", START), START + 17 * MINUTE, true), this::take);
        clock.advanceTo(START + 17 * MINUTE, this::take);

        assertThat(steps()).containsExactly("OPEN CRITICAL at 300 s");
        assertThat(events()).isEmpty();
    }

    @Test
    void endOfABreachWaitsForTheEndOfItsTransaction() {
        insertPending();
        clock.advanceTo(DEADLINE, this::take);
        clock.apply(SlaChange.over("a", DEADLINE + SECOND, false), this::take);
        clock.apply(SlaChange.pending(pending("a", START), DEADLINE + SECOND, false), this::take);
        clock.advanceTo(DEADLINE + SECOND, this::take);
        assertThat(steps()).containsExactly("OPEN INFO at 300 s");

        clock.apply(SlaChange.over("a", DEADLINE + 2 * SECOND, false), this::take);
        assertThat(steps()).hasSize(1);
        assertThat(clock.nextMicros()).isEqualTo(DEADLINE + 2 * SECOND);
        clock.advanceTo(DEADLINE + 2 * SECOND, this::take);
        assertThat(steps()).containsExactly("OPEN INFO at 300 s", "RESOLVE INFO at 302 s");
    }

    @Test
    void rowAheadOfTimeBreachesFiveMinutesAfterItsOwnTime() {
        clock.apply(SlaChange.pending(pending("a", START + 60 * MINUTE), START, false), this::take);
        clock.advanceTo(START + 65 * MINUTE - 1, this::take);
        assertThat(emitted).isEmpty();

        clock.advanceTo(START + 65 * MINUTE, this::take);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s");
    }

    @Test
    void restoredClockGoesOnWhereItWas() {
        insertPending();
        clock.advanceTo(START + 6 * MINUTE, this::take);
        SlaClock restored = new SlaClock(SampleConfig.of().alerts(), "a", false, clock.state());
        restored.advanceTo(START + 6 * MINUTE, this::take);
        restored.advanceTo(START + 11 * MINUTE, this::take);

        assertThat(steps()).containsExactly("OPEN INFO at 300 s", "ESCALATE WARNING at 600 s");
    }

    private void take(long timeMicros, TickRecord record) {
        emitted.add(record);
    }

    private void insertPending() {
        clock.apply(SlaChange.pending(pending("a", START), START, false), this::take);
        clock.advanceTo(START, this::take);
    }

    private List<AlertChange> alerts() {
        return emitted.stream()
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
        return emitted.stream()
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
