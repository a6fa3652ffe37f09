package dev.agentpulse.job.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryParts;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.pgoutput.TransactionSnapshot;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistorySeamTest {

    private static final long DAY = HistoryBucket.DAY.lengthMicros();
    private static final long NOW = 100 * DAY;

    /** Sees transactions before 50, and 55. */
    private static final TransactionSnapshot SNAPSHOT = TransactionSnapshot.parse("50:60:50,51,52,53,54,56,57,58,59");

    private static final long END_LSN = 1000;

    private final HistorySeam seam = new HistorySeam();

    @BeforeEach
    void begin() {
        seam.restart(NOW, true, List.of());
        assertThat(seam.beginReading())
                .as("what came before the start is not remembered")
                .isTrue();
    }

    @Test
    void whatLiesInHistoryAppliesAndWhatIsOlderIsKept() {
        assertThat(tick(10, change(49, NOW))).containsExactly(true);
        assertThat(tick(20, change(49, NOW - 1))).containsExactly(false);
    }

    @Test
    void ofWhatWasKeptTheSnapshotLacksWhatItDoesNotSee() {
        HistoryCorrection missing = change(56, NOW - DAY);
        tick(10, change(49, NOW - 1), missing, change(55, NOW - 2), change(57, NOW - DAY - 1));

        assertThat(seam.missing(NOW - DAY, SNAPSHOT)).containsExactly(missing);
    }

    @Test
    void afterTheReadingItsSnapshotDecides() {
        seam.read(new HistorySeam.Range(NOW - DAY, NOW, SNAPSHOT, END_LSN), true);

        assertThat(tick(10, change(49, NOW - 1), change(55, NOW - DAY), change(56, NOW - 1), change(60, NOW - 1)))
                .containsExactly(false, false, true, true);
        assertThat(tick(20, change(61, NOW - DAY - 1))).containsExactly(false);
    }

    @Test
    void onceTheStreamHasPassedTheSnapshotEverythingApplies() {
        seam.read(new HistorySeam.Range(NOW - DAY, NOW, SNAPSHOT, END_LSN), true);
        tick(END_LSN);

        // Ids come round again.
        assertThat(tick(END_LSN + 1, change(49, NOW - 1))).containsExactly(true);
    }

    @Test
    void aSnapshotThatDoesNotSeeWhatWasLeftOutDoesNotCount() {
        seam.read(new HistorySeam.Range(NOW - DAY, NOW, SNAPSHOT, END_LSN), true);
        tick(10, change(56, NOW - DAY - 1));

        assertThat(seam.beginReading()).as("it is remembered").isFalse();
        assertThat(seam.missing(NOW - 2 * DAY, SNAPSHOT)).isNull();
        assertThat(seam.missing(NOW - 2 * DAY, TransactionSnapshot.parse("57:57:")))
                .isEmpty();
    }

    @Test
    void whatWasKeptForAnOlderRangeIsLeftOutOfIt() {
        tick(10, change(56, NOW - DAY - 1));
        seam.read(new HistorySeam.Range(NOW - DAY, NOW, SNAPSHOT, END_LSN), true);
        seam.beginReading();

        assertThat(seam.missing(NOW - 2 * DAY, SNAPSHOT)).isNull();
    }

    @Test
    void aReadingThatWasGivenUpIsFollowedByOneThatWaits() {
        tick(10, change(56, NOW - 1));

        assertThat(seam.beginReading()).isTrue();
        assertThat(seam.missing(NOW - DAY, SNAPSHOT)).as("what was kept for it").isNull();
    }

    @Test
    void aTickThatIsNotCommittedLeavesNothing() {
        seam.beginTick();
        seam.applies(change(56, NOW - 1));
        tick(10);

        assertThat(seam.missing(NOW - DAY, SNAPSHOT)).isEmpty();
    }

    @Test
    void tooManyCorrectionsMakeItReadAgainAndTooManyTransactionsWait() {
        seam.read(new HistorySeam.Range(NOW - DAY, NOW, SNAPSHOT, END_LSN), true);
        assertThat(seam.beginReading()).isFalse();
        for (int n = 0; n <= HistorySeam.MOST_KEPT; n++) {
            tick(10, change(100, NOW - DAY - 1));
        }

        assertThat(seam.missing(NOW - 2 * DAY, TransactionSnapshot.parse("90000:90000:")))
                .isNull();
        assertThat(seam.beginReading()).isFalse();
        for (int n = 0; n <= HistorySeam.MOST_TRANSACTIONS; n++) {
            seam.abandon();
            tick(10, change(50_000 + n, NOW - DAY - 1));
        }
        assertThat(seam.beginReading()).isTrue();
    }

    @Test
    void aTruncateEmptiesWhatWasReadBeforeItAlone() {
        seam.read(new HistorySeam.Range(NOW - DAY, NOW, SNAPSHOT, END_LSN), true);
        seam.beginReading();
        seam.read(new HistorySeam.Range(NOW - 2 * DAY, NOW - DAY, TransactionSnapshot.parse("70:70:"), END_LSN), true);
        seam.beginReading();
        seam.beginTick();

        assertThat(seam.emptiesFromMicros(HistoryCorrection.truncate(HistoryTable.AGENTS, NOW, 1, 49)))
                .isEqualTo(NOW);
        assertThat(seam.emptiesFromMicros(HistoryCorrection.truncate(HistoryTable.AGENTS, NOW, 1, 65)))
                .isEqualTo(NOW - DAY);
        assertThat(seam.emptiesFromMicros(HistoryCorrection.truncate(HistoryTable.AGENTS, NOW, 1, 71)))
                .isLessThan(NOW - 100 * DAY);
        seam.tickCommitted(10);
        assertThat(seam.missing(NOW - 3 * DAY, TransactionSnapshot.parse("90:90:")))
                .as("what was read may be of before")
                .isNull();
    }

    /** Which of the changes of a tick apply. */
    private List<Boolean> tick(long lsn, HistoryCorrection... changes) {
        seam.beginTick();
        List<Boolean> applied = List.of(changes).stream().map(seam::applies).toList();
        seam.tickCommitted(lsn);
        return applied;
    }

    private static HistoryCorrection change(int transactionId, long timeMicros) {
        return new HistoryCorrection(
                HistoryCorrection.Kind.CORRECTION,
                HistoryTable.AGENTS,
                "sales",
                HistoryBucket.MINUTE.startOf(timeMicros),
                4,
                NOW,
                HistoryCorrection.BEHIND_ALL_ROWS,
                transactionId,
                HistoryParts.of(HistoryTable.AGENTS, HistoryTable.AGENTS.newTotals()));
    }
}
