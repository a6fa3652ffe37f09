package dev.agentpulse.job.history;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.ApprovalImage;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryParts;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickOperator;
import dev.agentpulse.udf.aggregate.QueryEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator of history emits when, and that nothing is left of an agent whose day is over. */
class HistoryLogicTest {

    private static final long DAY = TimeUnit.DAYS.toMicros(1);

    /** Three in the morning, so that all lengths but the day end soon. */
    private static final long THREE = HistoryBucket.DAY.startOf(START) + TimeUnit.HOURS.toMicros(3);

    private static final Clock NOTHING_REPLAYED = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    private KeyedOneInputStreamOperatorTestHarness<String, HistoryChange, TickRecord> harness;

    @BeforeEach
    void open() throws Exception {
        harness = start(null);
        tick(THREE - SECOND);
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, HistoryChange, TickRecord> start(
            @Nullable OperatorSubtaskState state) throws Exception {
        KeyedOneInputStreamOperatorTestHarness<String, HistoryChange, TickRecord> started =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new TickOperator<>(new HistoryLogic(SampleConfig.of().history(), NOTHING_REPLAYED)),
                        HistoryChange::key,
                        Types.STRING);
        started.setup();
        if (state != null) {
            started.initializeState(state);
        }
        started.open();
        return started;
    }

    @Test
    void openBucketsAreShownAfterHalfAMinuteAndEndedOnesAtOnce() throws Exception {
        insert(THREE + 10 * SECOND, THREE + 10 * SECOND);

        assertThat(tick(THREE + 10 * SECOND)).isEmpty();
        assertThat(tick(THREE + 39 * SECOND)).isEmpty();
        assertThat(tick(THREE + 40 * SECOND)).containsExactly("1m 0 1", "15m 0 1", "1h 0 1", "1d -180 1");
        assertThat(tick(THREE + MINUTE)).containsExactly("1m 0 1 final");
        insert(THREE + 70 * SECOND, THREE + 70 * SECOND);
        assertThat(tick(THREE + 15 * MINUTE)).containsExactly("1m 1 1 final", "15m 0 2 final", "1h 0 2", "1d -180 2");
        assertThat(tick(THREE + 16 * MINUTE)).isEmpty();
    }

    @Test
    void aChangeBelongsToTheBucketsThatWereOpenAtItsTimeWheneverTheTickIsCut() throws Exception {
        insert(THREE + 10 * SECOND, THREE + 10 * SECOND);
        insert(THREE + 61 * SECOND, THREE + 11 * SECOND);
        insert(THREE + 62 * SECOND, THREE + 12 * SECOND);

        assertThat(tick(THREE + 63 * SECOND))
                .containsExactly(
                        "correction of 1: 0 1",
                        "correction of 1: 0 1",
                        "1m 0 1 final",
                        "15m 0 3",
                        "1h 0 3",
                        "1d -180 3");
    }

    @Test
    void changesAreHandedOnToThoseThatNeedThem() throws Exception {
        QueryEvent row = new QueryEvent(THREE, 100, null, false);
        HistoryChange ofAgent = change(HistoryTable.AGENTS, false, null, row);
        HistoryChange ofApprovals = change(HistoryTable.APPROVALS, true, null, null);
        for (HistoryChange change : List.of(ofAgent, ofApprovals, change(HistoryTable.TRAINING, true, null, null))) {
            harness.processElement(new StreamRecord<>(change, change.timeMicros()));
        }

        assertThat(harness.getSideOutput(HistoryLogic.OUTLOOK))
                .extracting(StreamRecord::getValue)
                .containsExactly(ofAgent, ofApprovals);
        assertThat(harness.getSideOutput(HistoryLogic.QUERIES))
                .extracting(StreamRecord::getValue)
                .containsExactly(new QueryChange(ofAgent.key(), THREE, false, null, row));
    }

    private static HistoryChange change(
            HistoryTable table, boolean truncate, @Nullable QueryEvent before, @Nullable QueryEvent after) {
        return new HistoryChange(
                table, table.key("sales"), THREE, 0, 0, false, truncate, false, before, after, null, null, null, null);
    }

    @Test
    void aRowAheadOfItsTimeWaitsForIt() throws Exception {
        insert(THREE, THREE + 2 * DAY);

        assertThat(tick(THREE + MINUTE)).isEmpty();
        assertThat(tick(THREE + 2 * DAY - SECOND)).isEmpty();
        assertThat(tick(THREE + 2 * DAY + MINUTE)).contains("1m 2880 1 final");
    }

    @Test
    void nothingIsLeftOfAnAgentOnceItsDayIsOver() throws Exception {
        insert(THREE, THREE);
        insert(THREE + MINUTE, THREE - 2 * DAY);
        tick(THREE + MINUTE);
        harness.snapshot(1, 1);
        assertThat(harness.numKeyedStateEntries()).isPositive();

        assertThat(tick(THREE + DAY)).contains("1d -180 1 final");
        harness.snapshot(2, 2);
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    @Test
    void aLateChangeOfAnAgentWithoutStateLeavesNoneBehind() throws Exception {
        insert(THREE, THREE - 2 * DAY);

        assertThat(tick(THREE)).containsExactly("correction of 4: -2880 1");
        harness.snapshot(1, 1);
        assertThat(harness.numKeyedStateEntries()).isZero();
    }

    @Test
    void correctionsThatNoTickHasTakenOutliveARestart() throws Exception {
        insert(THREE, THREE - 2 * DAY);
        OperatorSubtaskState checkpoint = harness.snapshot(1, 1);
        harness.close();
        harness = start(checkpoint);

        assertThat(tick(THREE)).as("and history does not begin again").containsExactly("correction of 4: -2880 1");
    }

    @Test
    void manyMinutesOfATransactionAreEmittedOneByOne() throws Exception {
        int more = 5;
        for (int n = 0; n < OpenBuckets.SUMMED_MINUTES + more; n++) {
            insert(THREE, THREE - 2 * DAY - n * MINUTE);
        }

        assertThat(drain()).hasSize(more);
        assertThat(tick(THREE)).hasSize(OpenBuckets.SUMMED_MINUTES);
    }

    @Test
    void aDecisionCorrectsTheMinuteOfItsRequestAndCountsInItsOwn() throws Exception {
        ApprovalImage pending = approval(ApprovalStatus.PENDING, 0);
        ApprovalImage approved = approval(ApprovalStatus.APPROVED, THREE + 5 * MINUTE);
        change(THREE + 5 * MINUTE, false, false, pending, approved);

        assertThat(tick(THREE + 6 * MINUTE))
                .containsExactly(
                        "correction of 1: 0 0 pending -1",
                        "1m 5 0 approved 1 final",
                        "15m 0 0 pending -1 approved 1",
                        "1h 0 0 pending -1 approved 1",
                        "1d -180 0 pending -1 approved 1");
    }

    @Test
    void whatIsPurgedIsDecidedForARequestAndItsDecisionEachByItsOwnTime() throws Exception {
        ApprovalImage approved = approval(ApprovalStatus.APPROVED, THREE + DAY);

        change(THREE + 2 * DAY, false, true, approved, null);
        assertThat(tick(THREE + 2 * DAY))
                .containsExactly("correction of 4: 0 0 purged 1", "correction of 4: 1440 0 approved -1");

        change(THREE + 3 * DAY, false, true, approved, null);
        assertThat(tick(THREE + 3 * DAY)).containsExactly("correction of 4: 0 0 purged 1");

        change(THREE + 4 * DAY, false, false, approved, null);
        assertThat(tick(THREE + 4 * DAY))
                .as("a row that has become unusable")
                .containsExactly("correction of 4: 0 -1", "correction of 4: 1440 0 approved -1");
    }

    @Test
    void aTruncateOfOneTableLeavesTheOthersAlone() throws Exception {
        insert(THREE + 10 * SECOND, THREE + 10 * SECOND);
        change(THREE + 20 * SECOND, false, false, null, approval(ApprovalStatus.PENDING, 0));
        change(THREE + 30 * SECOND, true, false, null, null);

        assertThat(tick(THREE + MINUTE))
                .contains("APPROVALS truncated", "1m 0 1 final", "1m 0 0 final")
                .doesNotContain("AGENTS truncated");
    }

    private static ApprovalImage approval(ApprovalStatus status, long decidedMicros) {
        return new ApprovalImage("a", null, status, THREE + 30 * SECOND, decidedMicros, null);
    }

    private void change(
            long timeMicros,
            boolean truncate,
            boolean deleted,
            @Nullable ApprovalImage before,
            @Nullable ApprovalImage after)
            throws Exception {
        HistoryTable table = HistoryTable.APPROVALS;
        harness.processElement(new StreamRecord<>(
                new HistoryChange(
                        table,
                        table.key("all"),
                        timeMicros,
                        1,
                        0,
                        false,
                        truncate,
                        deleted,
                        null,
                        null,
                        before,
                        after,
                        null,
                        null),
                timeMicros));
    }

    private void insert(long timeMicros, long createdAtMicros) throws Exception {
        harness.processElement(new StreamRecord<>(
                new HistoryChange(
                        HistoryTable.AGENTS,
                        "sales",
                        timeMicros,
                        1,
                        0,
                        false,
                        false,
                        false,
                        null,
                        new QueryEvent(createdAtMicros, 7, null, false),
                        null,
                        null,
                        null,
                        null),
                timeMicros));
    }

    private List<String> tick(long asOfMicros) throws Exception {
        harness.processWatermark(new Watermark(asOfMicros));
        return drain();
    }

    private List<String> drain() {
        List<String> emitted = new ArrayList<>();
        for (TickRecord record : harness.extractOutputValues()) {
            HistoryRow row = record.history();
            HistoryCorrection change = record.historyChange();
            if (row != null) {
                emitted.add(row.bucket().text() + " " + minutes(row.startMicros()) + " "
                        + parts(row.table(), row.parts()) + (row.isEnded() ? " final" : ""));
            } else if (change != null && change.kind() == HistoryCorrection.Kind.CORRECTION) {
                emitted.add("correction of " + change.endedBuckets() + ": " + minutes(change.minuteMicros()) + " "
                        + parts(change.table(), change.parts()));
            } else if (change != null && change.kind() == HistoryCorrection.Kind.TRUNCATE) {
                emitted.add(change.table() + " truncated");
            } else {
                emitted.add(record.kind().name());
            }
        }
        harness.getOutput().clear();
        return emitted;
    }

    /** The first count, and of approvals what else is counted of them. */
    private static String parts(HistoryTable table, HistoryParts parts) {
        long[] counts = parts.counts();
        String text = String.valueOf(counts[0]);
        if (table == HistoryTable.APPROVALS) {
            text += (counts[1] == 0 ? "" : " pending " + counts[1]) + (counts[2] == 0 ? "" : " approved " + counts[2]);
        }
        return text + (parts.purgedRows() == 0 ? "" : " purged " + parts.purgedRows());
    }

    private static long minutes(long timeMicros) {
        return (timeMicros - THREE) / MINUTE;
    }
}
