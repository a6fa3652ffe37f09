package dev.agentpulse.job.source;

import static dev.agentpulse.job.source.LogClockDriver.MIN_TICK_MILLIS;
import static dev.agentpulse.job.source.LogClockDriver.SLOT_LSN;
import static dev.agentpulse.job.source.LogClockDriver.STARTED_AT;
import static dev.agentpulse.job.source.LogClockDriver.endLsn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.Rejection;
import dev.agentpulse.job.model.Samples;
import dev.agentpulse.job.model.SnapshotStart;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.model.TableCounts;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TransactionProgress;
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
        try (LogClockDriver clock = LogClockDriver.atStartOfLog(1)) {
            clock.transaction(1, STARTED_AT - 5_000_000);

            assertThat(clock.watermarks()).containsExactly(STARTED_AT + 1);
        }
    }

    @Test
    void tickFollowsTheEndOfATransactionWithItsProgressInFront() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.passMillis(1_000);
            clock.begin(1, T);
            clock.change(row("a"));
            clock.change(row("b"));
            clock.passMillis(1_000);
            assertThat(clock.watermarks()).isEmpty();
            assertThat(clock.progress()).isEmpty();

            clock.end(1);

            assertThat(clock.emitted).hasSize(4);
            assertThat(clock.emitted.get(2)).isInstanceOfSatisfying(TickProgress.class, progress -> {
                assertThat(progress.asOfMicros()).isEqualTo(T);
                assertThat(progress.lsn()).isEqualTo(101);
                assertThat(progress.tick()).isEqualTo(2);
                assertThat(progress.lineage()).isEqualTo(SLOT_LSN);
            });
            assertThat(clock.emitted.get(3)).isEqualTo(new Watermark(T));
        }
    }

    @Test
    void changesKnowTheirPlace() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.transaction(1, T, row("a"));
            clock.begin(2, T + 100);
            clock.change(row("b"));
            clock.heartbeat();
            clock.change(row("c"));

            assertThat(clock.changes())
                    .extracting(Change::position)
                    .containsExactly(
                            new LogPosition(T, 100, 1, 1),
                            new LogPosition(T + 100, 200, 1, 2),
                            new LogPosition(T + 100, 200, 3, 2));
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
            assertThat(clock.progress().get(1).tick()).isEqualTo(3);

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
            clock.change(row("a"));
            clock.passMillis(2 * MIN_TICK_MILLIS);
            assertThat(clock.watermarks()).containsExactly(T);

            clock.end(3);

            assertThat(clock.watermarks()).containsExactly(T, T + 2_000);
        }
    }

    @Test
    void dropsOfEachTableWhatItsSnapshotHolds() throws Exception {
        try (LogClockDriver clock = LogClockDriver.empty()) {
            clock.snapshotStart(SourceTable.QUERIES, "5:8:6", STARTED_AT);
            clock.snapshotStart(SourceTable.APPROVALS, "9:9:", STARTED_AT);
            clock.snapshotStart(SourceTable.FEEDBACK, "9:9:", STARTED_AT);
            clock.logStart(9);
            for (int id = 4; id <= 8; id++) {
                clock.transaction(id, T + id, row("q" + id), approval("a" + id));
            }

            assertThat(clock.changes()).extracting(Change::rowId).containsExactly("q6", "q8");
        }
    }

    @Test
    void cutsNoTickBeforeTheLogHasPassedEverySnapshot() throws Exception {
        try (LogClockDriver clock = LogClockDriver.empty()) {
            clock.snapshotStart(SourceTable.QUERIES, "1:1:", STARTED_AT);
            clock.snapshotRow(row("a"));
            clock.snapshotStart(SourceTable.APPROVALS, "1:1:", STARTED_AT + 5);
            clock.snapshotStart(SourceTable.FEEDBACK, "1:1:", STARTED_AT + 9);
            clock.logStart(2);
            clock.transaction(1, T, row("b"));
            clock.passMillis(1_000);
            assertThat(clock.watermarks()).isEmpty();
            assertThat(clock.progress()).isEmpty();

            clock.transaction(2, T + 1_000, row("c"));
            clock.transaction(3, T + 2_000, row("d"));

            assertThat(clock.watermarks()).containsExactly(T + 1_000, T + 2_000);
            assertThat(clock.progress()).extracting(TickProgress::isFirst).containsExactly(true, false);
            assertThat(clock.changes())
                    .extracting(Change::phase)
                    .containsExactly(
                            ReadPhase.SNAPSHOT,
                            ReadPhase.STREAM,
                            ReadPhase.STREAM,
                            ReadPhase.CAUGHT_UP,
                            ReadPhase.STREAM);
            assertThat(times(clock.changes())).containsExactly(STARTED_AT, T, T + 1_000, T + 1_000, T + 2_000);
        }
    }

    @Test
    void saysOnceWhenTheBacklogIsReadAlsoAfterARestart() throws Exception {
        OperatorSubtaskState checkpoint;
        try (LogClockDriver clock = LogClockDriver.atStartOfLog(2)) {
            clock.transaction(1, T, row("a"));
            clock.transaction(2, T + 1_000, row("b"));
            clock.transaction(3, T + 2_000, row("c"));

            assertThat(clock.changes())
                    .extracting(Change::phase)
                    .containsExactly(ReadPhase.STREAM, ReadPhase.STREAM, ReadPhase.CAUGHT_UP, ReadPhase.STREAM);
            assertThat(times(clock.changes())).containsExactly(T, T + 1_000, T + 1_000, T + 2_000);
            assertThat(clock.progress())
                    .as("the first tick waits: what a job opens that begins anew, opens with it")
                    .extracting(TickProgress::asOfMicros)
                    .containsExactly(T + 1_000, T + 2_000);
            assertThat(clock.progress()).noneMatch(TickProgress::backlog);
            checkpoint = clock.checkpoint();
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            clock.logStart(5);
            clock.transaction(4, T + 3_000, row("d"));
            clock.transaction(5, T + 4_000, row("e"));

            assertThat(clock.progress()).extracting(TickProgress::backlog).containsExactly(true, false);
            assertThat(clock.changes())
                    .extracting(Change::phase)
                    .containsExactly(ReadPhase.STREAM, ReadPhase.STREAM, ReadPhase.CAUGHT_UP);
        }
    }

    @Test
    void takesOutWhatASnapshotPutInBeforeItIsReadAgain() throws Exception {
        OperatorSubtaskState checkpoint;
        try (LogClockDriver clock = LogClockDriver.empty()) {
            clock.snapshotStart(SourceTable.QUERIES, "5:5:", STARTED_AT);
            clock.snapshotRow(row("a"));
            clock.snapshotStart(SourceTable.APPROVALS, "5:5:", STARTED_AT);
            checkpoint = clock.checkpoint();
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            clock.snapshotStart(SourceTable.QUERIES, "7:7:", STARTED_AT + 9);
            clock.snapshotRow(row("a"));
            clock.snapshotRow(row("b"));
            clock.snapshotStart(SourceTable.FEEDBACK, "7:7:", STARTED_AT + 9);
            clock.logStart(6);
            clock.transaction(6, T, row("b"), approval("c"));

            assertThat(clock.changes()).extracting(Change::truncate).containsExactly(true, false, false, false, false);
            assertThat(clock.changes()).extracting(Change::rowId).containsExactly("", "a", "b", "c", "");
            assertThat(clock.changes().get(4).phase()).isEqualTo(ReadPhase.CAUGHT_UP);
            assertThat(clock.changes().get(0).table()).isEqualTo(SourceTable.QUERIES);
            assertThat(clock.changes().get(0).phase()).isEqualTo(ReadPhase.SNAPSHOT);
            assertThat(clock.progress().get(0).lineage()).isEqualTo(SLOT_LSN);
            assertThat(clock.progress().get(0).queries().read()).isEqualTo(2);
        }
    }

    @Test
    void whatAnEarlierStartHadNotWrittenRaisesItsEventsThoughTheSnapshotHoldsIt() throws Exception {
        try (LogClockDriver clock = LogClockDriver.empty()) {
            for (SourceTable table : SourceTable.values()) {
                clock.snapshotStart(new SnapshotStart(table, "9:9:", STARTED_AT, SLOT_LSN, endLsn(3)));
            }
            clock.transaction(3, T, row("written"));
            clock.transaction(4, T + 1, row("not written"));
            clock.transaction(9, T + 2, row("new"));

            assertThat(clock.changes()).extracting(Change::rowId).containsExactly("not written", "new");
            assertThat(clock.changes())
                    .extracting(Change::phase)
                    .containsExactly(ReadPhase.SNAPSHOT_HOLDS, ReadPhase.STREAM);
        }
    }

    @Test
    void reportsTheLineageAtOnceAndALongTransactionOnceASecond() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            assertThat(clock.reports).containsExactly(new TransactionProgress(SLOT_LSN, STARTED_AT, 0));

            clock.begin(1, T);
            for (int second = 0; second < 3; second++) {
                for (int row = 0; row < 5_000; row++) {
                    clock.change(row("a"));
                }
                clock.passMillis(1_000);
            }

            assertThat(clock.reports).extracting(TransactionProgress::changes).satisfies(changes -> assertThat(changes)
                    .hasSizeBetween(3, 4)
                    .isSorted());
            assertThat(clock.reports.get(2).committedMicros()).isEqualTo(T);
            assertThat(clock.progress()).isEmpty();
        }
    }

    @Test
    void watermarksOfTheSourceAreIgnored() throws Exception {
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.watermarkFromSource(Long.MAX_VALUE);

            assertThat(clock.emitted).isEmpty();
        }
    }

    @Test
    void restoreInTheMiddleOfABulkLoadPassesOnJustTheRest() throws Exception {
        OperatorSubtaskState checkpoint;
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.transaction(1, T, row("a"), row("b"));
            clock.begin(2, T - 1_000);
            clock.change(row("c"));
            clock.heartbeat();
            clock.change(row("d"));
            checkpoint = clock.checkpoint();
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            clock.begin(2, T - 1_000);
            clock.change(row("c"));
            clock.heartbeat();
            clock.change(row("d"));
            clock.change(row("e"));
            clock.change(row("f"));
            clock.end(2);
            clock.transaction(3, T + 1_000, row("g"));

            assertThat(clock.changes()).extracting(Change::rowId).containsExactly("e", "f", "g");
            assertThat(clock.changes())
                    .extracting(change -> change.position().ordinal())
                    .containsExactly(4, 5, 1);
            assertThat(times(clock.changes())).containsExactly(T + 1, T + 1, T + 1_000);
            assertThat(clock.watermarks()).containsExactly(T + 1, T + 1_000);
            assertThat(clock.progress()).extracting(TickProgress::tick).containsExactly(3L, 4L);
            assertThat(clock.progress().get(0).queries()).isEqualTo(new TableCounts(6, 0, 0, 2));
        }
    }

    @Test
    void restoreTwiceInTheSameTransactionPassesOnJustTheRest() throws Exception {
        OperatorSubtaskState checkpoint;
        try (LogClockDriver clock = LogClockDriver.caughtUp()) {
            clock.begin(1, T);
            clock.change(row("a"));
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
            clock.change(row("a"));
            clock.change(row("b"));
            clock.end(1);

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
    void restoreRemembersWhatTheSnapshotsHoldAndWhenTheLogHasPassedThem() throws Exception {
        OperatorSubtaskState checkpoint;
        try (LogClockDriver clock = LogClockDriver.empty()) {
            for (SourceTable table : SourceTable.values()) {
                clock.snapshotStart(table, "3:3:", STARTED_AT);
            }
            clock.logStart(3);
            clock.transaction(1, T);
            checkpoint = clock.checkpoint();
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            clock.logStart(3);
            clock.transaction(2, T + 1, row("held"));
            assertThat(clock.watermarks()).isEmpty();
            clock.transaction(3, T + 2, row("a"));
            checkpoint = clock.checkpoint();

            assertThat(clock.changes())
                    .extracting(Change::phase)
                    .containsExactly(ReadPhase.STREAM, ReadPhase.CAUGHT_UP);
            assertThat(clock.changes().get(0).rowId()).isEqualTo("a");
        }
        try (LogClockDriver clock = LogClockDriver.restored(checkpoint)) {
            clock.transaction(4, T + 3, row("b"));

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
            Change rejected = Change.ofApproval(
                    null, null, new Rejection(SourceTable.APPROVALS, "x", "unknown_status", "{}", false));
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

    private static Change approval(String id) {
        return Change.ofApproval(null, Samples.pending(id, T), null);
    }

    private static List<Long> times(List<Change> changes) {
        return changes.stream().map(change -> change.position().timeMicros()).toList();
    }
}
