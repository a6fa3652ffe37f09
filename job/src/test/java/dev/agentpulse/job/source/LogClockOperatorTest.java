package dev.agentpulse.job.source;

import static dev.agentpulse.job.source.LogClockDriver.MIN_TICK_MILLIS;
import static dev.agentpulse.job.source.LogClockDriver.STARTED_AT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.Rejection;
import dev.agentpulse.job.model.Samples;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.model.TableCounts;
import dev.agentpulse.job.model.TickProgress;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.junit.jupiter.api.Test;

class LogClockOperatorTest {

    private static final long T = STARTED_AT + 10_000_000;

    @Test
    void timeRisesStrictlyThoughCommitTimesGoBack() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.transaction(1, T, row("a"));
            clock.transaction(2, T - 5_000, row("b"));
            clock.transaction(3, T, row("c"));
            clock.transaction(4, T + 50, row("d"));

            assertThat(clock.watermarks()).containsExactly(T, T + 1, T + 2, T + 50);
            assertThat(times(clock.changes())).containsExactly(T, T + 1, T + 2, T + 50);
        }
    }

    @Test
    void timeNeverStartsBeforeTheJob() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.transaction(1, STARTED_AT - 5_000_000);

            assertThat(clock.watermarks()).containsExactly(STARTED_AT + 1);
        }
    }

    @Test
    void tickFollowsTheEndOfATransactionWithItsProgressInFront() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.passMillis(1_000);
            clock.begin(1, T);
            clock.change(100, row("a"));
            clock.change(110, row("b"));
            clock.passMillis(1_000);
            assertThat(clock.watermarks()).isEmpty();
            assertThat(clock.progress()).isEmpty();

            clock.end(1, T, 120);

            assertThat(clock.said).hasSize(4);
            assertThat(clock.said.get(2)).isInstanceOfSatisfying(TickProgress.class, progress -> {
                assertThat(progress.asOfMicros()).isEqualTo(T);
                assertThat(progress.lsn()).isEqualTo(120);
                assertThat(progress.tick()).isEqualTo(1);
                assertThat(progress.lineageMicros()).isEqualTo(STARTED_AT);
            });
            assertThat(clock.said.get(3)).isEqualTo(new Watermark(T));
        }
    }

    @Test
    void changesKnowTheirPlace() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.transaction(1, T, row("a"));
            clock.begin(2, T + 100);
            clock.change(200, row("b"));
            clock.heartbeat();
            clock.change(200, row("c"));

            assertThat(clock.changes())
                    .extracting(Change::position)
                    .containsExactly(
                            new LogPosition(T, 100, 1),
                            new LogPosition(T + 100, 200, 1),
                            new LogPosition(T + 100, 200, 3));
        }
    }

    @Test
    void busyTicksKeepTheirDistance() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.transactionAtOnce(1, T);
            clock.transactionAtOnce(2, T + 1_000);
            clock.passMillis(MIN_TICK_MILLIS - 1);
            clock.transactionAtOnce(3, T + 2_000);
            assertThat(clock.watermarks()).containsExactly(T);

            clock.passMillis(1);
            assertThat(clock.watermarks()).containsExactly(T, T + 2_000);
            assertThat(clock.progress().get(1).lsn()).isEqualTo(301);
            assertThat(clock.progress().get(1).tick()).isEqualTo(2);

            clock.passMillis(10 * MIN_TICK_MILLIS);
            assertThat(clock.watermarks()).as("nothing new, no tick").hasSize(2);
        }
    }

    @Test
    void tickThatIsDueInTheMiddleOfATransactionWaitsForItsEnd() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.transactionAtOnce(1, T);
            clock.transactionAtOnce(2, T + 1_000);
            clock.begin(3, T + 2_000);
            clock.change(300, row("a"));
            clock.passMillis(2 * MIN_TICK_MILLIS);
            assertThat(clock.watermarks()).containsExactly(T);

            clock.end(3, T + 2_000, 310);

            assertThat(clock.watermarks()).containsExactly(T, T + 2_000);
        }
    }

    @Test
    void snapshotRowsNeverMoveTimeAndNothingIsCutBeforeTheLogHasCaughtUp() throws Exception {
        try (LogClockDriver clock = LogClockDriver.withSnapshot()) {
            clock.snapshotRow(row("a"));
            clock.snapshotRow(row("b"));
            clock.passMillis(1_000);
            clock.begin(1, T);
            clock.change(100, row("c"));
            clock.end(1, T, 101, false);
            clock.passMillis(1_000);
            assertThat(clock.watermarks()).isEmpty();
            assertThat(clock.progress()).isEmpty();

            clock.begin(2, T + 1_000);
            clock.change(200, row("d"));
            clock.end(2, T + 1_000, 201, true);
            clock.passMillis(1_000);
            clock.begin(3, T + 2_000);
            clock.change(300, row("e"));
            clock.end(3, T + 2_000, 301, false);

            assertThat(clock.watermarks()).containsExactly(T + 1_000, T + 2_000);
            assertThat(clock.changes())
                    .extracting(Change::phase)
                    .containsExactly(
                            ReadPhase.SNAPSHOT,
                            ReadPhase.SNAPSHOT,
                            ReadPhase.CATCH_UP,
                            ReadPhase.CATCH_UP,
                            ReadPhase.STREAM);
            assertThat(times(clock.changes())).containsExactly(STARTED_AT, STARTED_AT, T, T + 1_000, T + 2_000);
        }
    }

    @Test
    void watermarksOfTheSourceAreIgnored() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.watermarkFromSource(Long.MAX_VALUE);

            assertThat(clock.said).isEmpty();
        }
    }

    @Test
    void restoreInTheMiddleOfABulkLoadPassesOnJustTheRest() throws Exception {
        OperatorSubtaskState checkpoint;
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.transaction(1, T, row("a"), row("b"));
            clock.begin(2, T - 1_000);
            clock.change(500, row("c"));
            clock.heartbeat();
            clock.change(500, row("d"));
            checkpoint = clock.checkpoint();
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            clock.begin(2, T - 1_000);
            clock.change(500, row("c"));
            clock.heartbeat();
            clock.change(500, row("d"));
            clock.change(500, row("e"));
            clock.change(500, row("f"));
            clock.end(2, T - 1_000, 501);
            clock.transaction(3, T + 1_000, row("g"));

            assertThat(clock.changes()).extracting(Change::rowId).containsExactly("e", "f", "g");
            assertThat(clock.changes())
                    .extracting(change -> change.position().ordinal())
                    .containsExactly(4, 5, 1);
            assertThat(times(clock.changes())).containsExactly(T + 1, T + 1, T + 1_000);
            assertThat(clock.watermarks()).containsExactly(T + 1, T + 1_000);
            assertThat(clock.progress()).extracting(TickProgress::tick).containsExactly(2L, 3L);
            assertThat(clock.progress().get(0).queries()).isEqualTo(new TableCounts(6, 0, 0, 2));
        }
    }

    @Test
    void restoreTwiceInTheSameTransactionPassesOnJustTheRest() throws Exception {
        OperatorSubtaskState checkpoint;
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.begin(1, T);
            clock.change(100, row("a"));
            checkpoint = clock.checkpoint();
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            // Before the transaction has come again.
            checkpoint = clock.checkpoint();
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            clock.begin(1, T);
            checkpoint = clock.checkpoint();
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            clock.begin(1, T);
            clock.change(100, row("a"));
            clock.change(100, row("b"));
            clock.end(1, T, 101);

            assertThat(clock.changes()).extracting(Change::rowId).containsExactly("b");
            assertThat(clock.watermarks()).containsExactly(T);
        }
    }

    @Test
    void restoreBetweenTransactionsSkipsNothing() throws Exception {
        OperatorSubtaskState checkpoint;
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.transaction(1, T, row("a"));
            checkpoint = clock.checkpoint();
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            clock.transaction(2, T - 1_000, row("b"));

            assertThat(clock.changes()).extracting(Change::rowId).containsExactly("b");
            assertThat(clock.watermarks()).as("time goes on where it was").containsExactly(T + 1);
        }
    }

    @Test
    void restoreRemembersHavingCaughtUp() throws Exception {
        OperatorSubtaskState checkpoint;
        try (LogClockDriver clock = LogClockDriver.withSnapshot()) {
            clock.begin(1, T);
            clock.end(1, T, 101, false);
            checkpoint = clock.checkpoint();
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            clock.begin(2, T + 1);
            clock.change(200, row("a"));
            clock.end(2, T + 1, 201, false);
            assertThat(clock.watermarks()).isEmpty();
            clock.begin(3, T + 2);
            clock.end(3, T + 2, 301, true);
            checkpoint = clock.checkpoint();
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            clock.begin(4, T + 3);
            clock.change(400, row("b"));
            clock.end(4, T + 3, 401, false);

            assertThat(clock.changes()).extracting(Change::phase).containsExactly(ReadPhase.STREAM);
            assertThat(clock.watermarks()).containsExactly(T + 3);
        }
    }

    @Test
    void countsWhatIsReadLateAndRejected() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            Change onTime = Samples.inserted(Samples.query("a", "sales", 10, T - 1_000_000));
            Change late = Samples.inserted(Samples.query("b", "sales", 10, T - 1_000_001));
            Change updatedLater = Change.ofQuery(
                    Samples.query("c", "sales", 10, T - 90_000_000),
                    Samples.query("c", "sales", 20, T - 90_000_000),
                    null);
            Change rejected =
                    Change.ofApproval(null, null, new Rejection(SourceTable.APPROVALS, "x", "unknown_status", "{}"));
            clock.transaction(1, T, onTime, late, updatedLater, rejected);

            TickProgress progress = clock.progress().get(0);
            assertThat(progress.queries()).isEqualTo(new TableCounts(3, 1, 0, 0));
            assertThat(progress.approvals()).isEqualTo(new TableCounts(1, 0, 1, 0));
            assertThat(progress.feedback()).isEqualTo(TableCounts.ZERO);
        }
    }

    private static Change row(String id) {
        return Samples.inserted(Samples.query(id, "sales", 10, T));
    }

    private static List<Long> times(List<Change> changes) {
        return changes.stream().map(change -> change.position().timeMicros()).toList();
    }
}
