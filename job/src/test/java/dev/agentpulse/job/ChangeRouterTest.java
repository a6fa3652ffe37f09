package dev.agentpulse.job;

import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.at;
import static dev.agentpulse.job.model.Samples.decided;
import static dev.agentpulse.job.model.Samples.event;
import static dev.agentpulse.job.model.Samples.feedback;
import static dev.agentpulse.job.model.Samples.pending;
import static dev.agentpulse.job.model.Samples.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.agentpulse.job.model.ApprovalChange;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.FeedbackChange;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.QueryChange;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.Rejection;
import dev.agentpulse.job.model.SlaChange;
import dev.agentpulse.job.model.SourceTable;
import java.util.List;
import java.util.Queue;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeRouterTest {

    private static final QueryRow SALES = query("q", "sales", 10, START);
    private static final QueryRow LEGAL = query("q", "legal", 10, START);

    private OneInputStreamOperatorTestHarness<Change, Change> harness;

    @BeforeEach
    void open() throws Exception {
        harness = new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(new ChangeRouter(new String[] {"t-0", "t-1"})));
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void queryThatStaysWithItsAgentIsOneChange() throws Exception {
        send(Change.ofQuery(SALES, query("q", "sales", 20, START), null), ReadPhase.STREAM);

        assertThat(queries())
                .containsExactly(
                        new QueryChange("sales", START, false, event(SALES), event(query("q", "sales", 20, START))));
    }

    @Test
    void everySlaClockHearsThatTheBacklogIsReadAndNobodyElse() throws Exception {
        Change caughtUp = Change.caughtUp(LogPosition.ofTime(START));
        harness.processElement(new StreamRecord<>(caughtUp, START));

        assertThat(sent(ChangeRouter.SLA))
                .containsExactly(SlaChange.caughtUp("t-0", START), SlaChange.caughtUp("t-1", START));
        assertThat(harness.extractOutputValues()).isEmpty();
        assertThat(queries()).isEmpty();
    }

    @Test
    void queryThatMovesToAnotherAgentIsARemovalAndAnAddition() throws Exception {
        send(Change.ofQuery(SALES, LEGAL, null), ReadPhase.STREAM);

        assertThat(queries())
                .containsExactly(
                        new QueryChange("sales", START, false, event(SALES), null),
                        new QueryChange("legal", START, false, null, event(LEGAL)));
    }

    @Test
    void historyIsToldWhetherTheRowIsGone() throws Exception {
        Rejection unusable = new Rejection(SourceTable.QUERIES, "q", "negative_latency", "{}", false);
        send(Change.ofQuery(SALES, null, null), ReadPhase.STREAM);
        send(Change.ofQuery(SALES, LEGAL, null), ReadPhase.STREAM);
        send(Change.ofQuery(SALES, null, unusable), ReadPhase.STREAM);
        send(Change.ofQuery(null, SALES, null), ReadPhase.SNAPSHOT);

        assertThat(sent(ChangeRouter.HISTORY))
                .extracting(
                        HistoryChange::key,
                        HistoryChange::deleted,
                        HistoryChange::snapshot,
                        HistoryChange::queryBefore,
                        HistoryChange::queryAfter)
                .containsExactly(
                        tuple("sales", true, false, event(SALES), null),
                        tuple("sales", false, false, event(SALES), null),
                        tuple("legal", false, false, null, event(LEGAL)),
                        tuple("sales", false, false, event(SALES), null),
                        tuple("sales", false, true, null, event(SALES)));
    }

    @Test
    void approvalsAndFeedbackHaveHistoryUnderKeysThatNoAgentHas() throws Exception {
        ApprovalRow waiting = pending("a", START);
        send(Change.ofApproval(waiting, null, null), ReadPhase.STREAM);
        send(Change.ofFeedback(null, feedback("f", true, START, "tone"), null), ReadPhase.STREAM);
        send(Change.ofTruncate(SourceTable.FEEDBACK), ReadPhase.STREAM);

        List<HistoryChange> history = sent(ChangeRouter.HISTORY);
        assertThat(history.subList(0, 2))
                .extracting(
                        HistoryChange::table, change -> change.table().subjectOf(change.key()), HistoryChange::deleted)
                .containsExactly(
                        tuple(HistoryTable.APPROVALS, "all", true), tuple(HistoryTable.TRAINING, "all", false));
        assertThat(history.subList(0, 2)).allMatch(change -> HistoryTable.ofKey(change.key()) == change.table());
        assertThat(history.subList(2, history.size()))
                .isNotEmpty()
                .allMatch(change -> change.truncate() && !change.deleted() && change.table() == HistoryTable.TRAINING);
    }

    @Test
    void approvalGoesToTheQueueAndToItsOwnClock() throws Exception {
        ApprovalRow waiting = pending("a", START);
        send(Change.ofApproval(null, waiting, null), ReadPhase.SNAPSHOT);
        send(
                Change.ofApproval(waiting, decided("a", ApprovalStatus.APPROVED, START, START + 5), null),
                ReadPhase.STREAM);
        send(Change.ofApproval(decided("a", ApprovalStatus.APPROVED, START, START + 5), null, null), ReadPhase.STREAM);

        assertThat(sent(ChangeRouter.SLA))
                .containsExactly(
                        SlaChange.pending(waiting, START, true),
                        SlaChange.over("a", START, false),
                        SlaChange.over("a", START, false));
        List<ApprovalChange> queue = sent(ChangeRouter.APPROVALS);
        assertThat(queue).extracting(ApprovalChange::key).containsOnly("all");
        assertThat(queue.get(1).before()).isEqualTo(queue.get(0).after());
        assertThat(queue.get(2).before()).isEqualTo(queue.get(1).after());
        assertThat(queue.get(2).after()).isNull();
    }

    @Test
    void feedbackGoesToTheWholeAndToItsAnnotatorsIfItHasOne() throws Exception {
        FeedbackRow danas = feedback("f", true, START, "tone");
        FeedbackRow nobodys = new FeedbackRow("f", null, null, new String[0], null, null, null, null, START);
        send(Change.ofFeedback(nobodys, danas, null), ReadPhase.STREAM);
        send(Change.ofFeedback(danas, nobodys, null), ReadPhase.STREAM);

        assertThat(sent(ChangeRouter.FEEDBACK)).hasSize(2).allMatch(change -> change.after() != null);
        List<FeedbackChange> annotators = sent(ChangeRouter.ANNOTATORS);
        assertThat(annotators).extracting(FeedbackChange::key).containsExactly("dana", "dana");
        assertThat(annotators.get(0).before()).isNull();
        assertThat(annotators.get(1).after()).isNull();
        assertThat(annotators.get(0).after()).isEqualTo(annotators.get(1).before());
    }

    @Test
    void truncateReachesEverySubtaskOfItsTableOnly() throws Exception {
        for (SourceTable table : SourceTable.values()) {
            send(Change.ofTruncate(table), ReadPhase.STREAM);
        }

        assertThat(queries()).extracting(QueryChange::key).containsExactly("t-0", "t-1");
        assertThat(sent(ChangeRouter.SLA)).extracting(SlaChange::key).containsExactly("t-0", "t-1");
        assertThat(sent(ChangeRouter.ANNOTATORS))
                .extracting(FeedbackChange::key)
                .containsExactly("t-0", "t-1");
        assertThat(sent(ChangeRouter.APPROVALS)).hasSize(1).allMatch(ApprovalChange::truncate);
        assertThat(sent(ChangeRouter.FEEDBACK)).hasSize(1).allMatch(FeedbackChange::truncate);
    }

    @Test
    void onlyTheStreamProperReachesFunctionsOfSingleChanges() throws Exception {
        send(Change.ofQuery(null, SALES, null), ReadPhase.SNAPSHOT);
        send(Change.ofTruncate(SourceTable.QUERIES), ReadPhase.SNAPSHOT);
        assertThat(harness.extractOutputValues()).isEmpty();
        assertThat(queries()).hasSize(3);

        send(Change.ofQuery(null, SALES, null), ReadPhase.STREAM);
        assertThat(harness.extractOutputValues()).hasSize(1);
    }

    @Test
    void unusableRowReachesNoKey() throws Exception {
        Rejection rejection = new Rejection(SourceTable.APPROVALS, "1", "unknown_status", "{}", false);
        send(Change.ofApproval(null, null, rejection), ReadPhase.STREAM);

        assertThat(sent(ChangeRouter.APPROVALS)).isEmpty();
        assertThat(sent(ChangeRouter.SLA)).isEmpty();
    }

    private void send(Change change, ReadPhase phase) throws Exception {
        harness.processElement(new StreamRecord<>(change.at(phase, at(START, 1)), START));
    }

    /** The changes of queries as the windows see them. */
    private List<QueryChange> queries() {
        return this.<HistoryChange>sent(ChangeRouter.HISTORY).stream()
                .filter(change -> change.table() == HistoryTable.AGENTS)
                .map(HistoryChange::ofAgent)
                .toList();
    }

    /** What went to a side output, all of it stamped with the change's time. */
    private <T> List<T> sent(OutputTag<T> tag) {
        Queue<StreamRecord<T>> records = harness.getSideOutput(tag);
        if (records == null) {
            return List.of();
        }
        assertThat(records).extracting(StreamRecord::getTimestamp).containsOnly(START);
        return records.stream().map(StreamRecord::getValue).toList();
    }
}
