package dev.agentpulse.job.source;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.at;
import static dev.agentpulse.job.model.Samples.decided;
import static dev.agentpulse.job.model.Samples.pending;
import static dev.agentpulse.job.model.Samples.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.SourceTable;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BaselineOperatorTest {

    private static final long HOUR = 60 * MINUTE;
    private static final QueryRow OLD = query("a", "sales", 10, START);
    private static final QueryRow NEW = query("a", "sales", 20, START);

    private @Nullable KeyedOneInputStreamOperatorTestHarness<String, RowChange, Change> harness;

    private KeyedOneInputStreamOperatorTestHarness<String, RowChange, Change> open(BaselineOperator operator)
            throws Exception {
        var opened = new KeyedOneInputStreamOperatorTestHarness<>(operator, RowChange::row, Types.STRING);
        opened.open();
        harness = opened;
        return opened;
    }

    private KeyedOneInputStreamOperatorTestHarness<String, RowChange, Change> snapshot() throws Exception {
        return open(BaselineOperator.forSnapshot(HOUR));
    }

    private KeyedOneInputStreamOperatorTestHarness<String, RowChange, Change> latest() throws Exception {
        return open(BaselineOperator.withoutSnapshot(HOUR));
    }

    @AfterEach
    void close() throws Exception {
        if (harness != null) {
            harness.close();
        }
    }

    @Test
    void changeThatTheSnapshotHasSeenReplacesWhatTheSnapshotSaid() throws Exception {
        var baseline = snapshot();
        send(baseline, inserted(NEW).at(ReadPhase.SNAPSHOT, at(START, 0)));
        // The log goes through the row's life once more, from before the snapshot on.
        send(baseline, inserted(OLD).at(ReadPhase.CATCH_UP, at(START + 1, 1)));
        send(baseline, Change.ofQuery(OLD, NEW, null).at(ReadPhase.CATCH_UP, at(START + 2, 1)));

        assertThat(said(baseline))
                .extracting(Change::queryBefore, Change::queryAfter)
                .containsExactly(tuple(null, NEW), tuple(NEW, OLD), tuple(OLD, NEW));
    }

    @Test
    void rowThatTheSnapshotMissedIsInsertedByItsUpdate() throws Exception {
        var baseline = snapshot();
        send(baseline, Change.ofQuery(OLD, NEW, null).at(ReadPhase.CATCH_UP, at(START + 2, 1)));

        assertThat(said(baseline))
                .extracting(Change::queryBefore, Change::queryAfter)
                .containsExactly(tuple(null, NEW));
    }

    @Test
    void rowThatWasDeletedBeforeTheSnapshotReadItVanishesSilently() throws Exception {
        var baseline = snapshot();
        send(baseline, Change.ofQuery(OLD, null, null).at(ReadPhase.CATCH_UP, at(START + 2, 1)));

        assertThat(said(baseline)).isEmpty();
        assertThat(baseline.numKeyedStateEntries()).isZero();
    }

    @Test
    void imagesGoWithTheFirstWatermark() throws Exception {
        var baseline = snapshot();
        send(baseline, inserted(OLD).at(ReadPhase.SNAPSHOT, at(START, 0)));
        send(baseline, inserted(query("b", "sales", 1, START)).at(ReadPhase.SNAPSHOT, at(START, 0)));
        assertThat(baseline.numKeyedStateEntries()).isEqualTo(2);

        baseline.processWatermark(new Watermark(START + SECOND));

        assertThat(baseline.numKeyedStateEntries()).isZero();
        assertThat(baseline.numEventTimeTimers()).isZero();
    }

    @Test
    void truncateForgetsTheImagesOfItsTableOnly() throws Exception {
        var baseline = snapshot();
        send(baseline, inserted(OLD).at(ReadPhase.SNAPSHOT, at(START, 0)));
        send(baseline, Change.ofApproval(null, pending("a", START), null).at(ReadPhase.SNAPSHOT, at(START, 0)));
        send(baseline, Change.ofTruncate(SourceTable.QUERIES).at(ReadPhase.CATCH_UP, at(START + 1, 1)));
        send(baseline, Change.ofQuery(OLD, null, null).at(ReadPhase.CATCH_UP, at(START + 2, 1)));

        assertThat(said(baseline)).extracting(Change::truncate).containsExactly(false, false, true);
        assertThat(baseline.numKeyedStateEntries()).isEqualTo(1);
    }

    @Test
    void withoutASnapshotAnUnseenRowComesInWithItsUpdateAndAnUnseenDeleteIsNothing() throws Exception {
        var baseline = latest();
        baseline.processWatermark(new Watermark(START + SECOND));
        send(baseline, Change.ofQuery(OLD, NEW, null).at(ReadPhase.STREAM, at(START + 2 * SECOND, 1)));
        send(baseline, Change.ofQuery(NEW, null, null).at(ReadPhase.STREAM, at(START + 3 * SECOND, 1)));
        send(
                baseline,
                Change.ofQuery(query("b", "ops", 1, START), null, null)
                        .at(ReadPhase.STREAM, at(START + 4 * SECOND, 1)));

        assertThat(said(baseline))
                .extracting(Change::queryBefore, Change::queryAfter)
                .containsExactly(tuple(null, NEW), tuple(NEW, null));
        assertThat(baseline.numKeyedStateEntries()).isZero();
    }

    @Test
    void withoutASnapshotAnImageStaysUntilNoWindowCanHoldItsRow() throws Exception {
        var baseline = latest();
        send(baseline, inserted(OLD).at(ReadPhase.STREAM, at(START, 1)));
        baseline.processWatermark(new Watermark(START + HOUR - 1));
        assertThat(baseline.numKeyedStateEntries()).isEqualTo(1);

        baseline.processWatermark(new Watermark(START + HOUR));

        assertThat(baseline.numKeyedStateEntries()).isZero();
        assertThat(baseline.numEventTimeTimers()).isZero();
    }

    @Test
    void withoutASnapshotAPendingApprovalIsRememberedHoweverOldItIs() throws Exception {
        var baseline = latest();
        send(baseline, Change.ofApproval(null, pending("a", START), null).at(ReadPhase.STREAM, at(START, 1)));
        baseline.processWatermark(new Watermark(START + 5 * HOUR));
        assertThat(baseline.numKeyedStateEntries()).isEqualTo(1);

        long decidedAt = START + 6 * HOUR;
        send(
                baseline,
                Change.ofApproval(pending("a", START), decided("a", ApprovalStatus.APPROVED, START, decidedAt), null)
                        .at(ReadPhase.STREAM, at(decidedAt, 1)));
        assertThat(said(baseline).get(1).approvalBefore()).isEqualTo(pending("a", START));
        baseline.processWatermark(new Watermark(decidedAt + HOUR));

        assertThat(baseline.numKeyedStateEntries()).isZero();
    }

    private static Change inserted(QueryRow row) {
        return Change.ofQuery(null, row, null);
    }

    private static void send(KeyedOneInputStreamOperatorTestHarness<String, RowChange, Change> baseline, Change change)
            throws Exception {
        String row = change.truncate() ? "any" : BaselineFunction.key(change);
        baseline.processElement(new StreamRecord<>(new RowChange(row, change)));
    }

    private static List<Change> said(KeyedOneInputStreamOperatorTestHarness<String, RowChange, Change> baseline) {
        return baseline.extractOutputValues();
    }
}
