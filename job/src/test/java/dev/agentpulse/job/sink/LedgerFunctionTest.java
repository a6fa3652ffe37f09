package dev.agentpulse.job.sink;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.SECOND;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.at;
import static dev.agentpulse.job.model.Samples.decided;
import static dev.agentpulse.job.model.Samples.inserted;
import static dev.agentpulse.job.model.Samples.pending;
import static dev.agentpulse.job.model.Samples.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.Rejection;
import dev.agentpulse.job.model.SourceTable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LedgerFunctionTest {

    private static final Rejection NO_AGENT = new Rejection(SourceTable.QUERIES, "7", "agent is null", "{}", false);

    @Test
    void unusableRowsOfOneTransactionHaveEntriesOfTheirOwnAndTheSameOnesInAReplay() {
        Change first = Change.ofQuery(null, null, NO_AGENT).at(ReadPhase.STREAM, at(START, 1));
        Change second = Change.ofQuery(null, null, NO_AGENT).at(ReadPhase.STREAM, at(START, 2));

        assertThat(entries(first)).isEqualTo(entries(first)).singleElement().satisfies(entry -> {
            assertThat(entry.sourceTable()).isEqualTo("agent_queries");
            assertThat(entry.rowKey()).isEqualTo("7");
            assertThat(entry.reason()).isEqualTo("agent is null");
        });
        assertThat(entries(first).get(0).eventKey())
                .isNotEqualTo(entries(second).get(0).eventKey());
    }

    @Test
    void rowOfSnapshotHasTheSameEntryWheneverItIsRead() {
        Change early = Change.ofQuery(null, null, NO_AGENT).at(ReadPhase.SNAPSHOT, LogPosition.ofTime(START));
        Change late = Change.ofQuery(null, null, NO_AGENT).at(ReadPhase.SNAPSHOT, LogPosition.ofTime(START + SECOND));

        assertThat(entries(early)).isEqualTo(entries(late)).singleElement().satisfies(entry -> {
            assertThat(entry.eventKey()).isEqualTo("snapshot:agent_queries:7:agent is null");
            assertThat(entry.unlessNoted()).isTrue();
        });
    }

    @Test
    void rowsOfSnapshotWithoutKeyHaveEntriesOfTheirOwn() {
        assertThat(List.of(keyOfRowWithoutKey("{\"agent\":\"a\"}"), keyOfRowWithoutKey("{\"agent\":\"b\"}")))
                .doesNotHaveDuplicates();
    }

    @Test
    void rowAheadOfItsCommitIsNotedBeyondTheLimit() {
        Change minuteAhead = inserted(query("a", "sales", 1, START + MINUTE)).at(ReadPhase.STREAM, at(START, 1));
        Change beyond = inserted(query("a", "sales", 1, START + MINUTE + 1)).at(ReadPhase.STREAM, at(START, 1));

        assertThat(entries(minuteAhead)).isEmpty();
        assertThat(entries(beyond)).extracting(LedgerEntry::reason).containsExactly(Rejection.FUTURE_TIMESTAMP);
    }

    @Test
    void rowThatCameAfterTheFirstReadingOfASnapshotIsNotAhead() {
        long now = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
        LogPosition firstReading = LogPosition.ofTime(now - 10 * MINUTE);
        Change fresh = inserted(query("a", "sales", 1, now)).at(ReadPhase.SNAPSHOT, firstReading);
        Change ahead = inserted(query("a", "sales", 1, now + 10 * MINUTE)).at(ReadPhase.SNAPSHOT, firstReading);

        assertThat(entries(fresh)).isEmpty();
        assertThat(entries(ahead)).extracting(LedgerEntry::reason).containsExactly(Rejection.FUTURE_TIMESTAMP);
    }

    @Test
    void rowThatIsUpdatedWhileStillAheadIsNotedOnce() {
        Change inserted = inserted(query("a", "sales", 1, START + 2 * MINUTE)).at(ReadPhase.STREAM, at(START, 1));
        Change updated = Change.ofQuery(
                        query("a", "sales", 1, START + 2 * MINUTE), query("a", "sales", 2, START + 2 * MINUTE), null)
                .at(ReadPhase.STREAM, at(START + SECOND, 1));

        assertThat(entries(updated))
                .extracting(LedgerEntry::eventKey)
                .isEqualTo(entries(inserted).stream().map(LedgerEntry::eventKey).toList());
    }

    @Test
    void usableRowsAndTruncatesLeaveNoEntry() {
        assertThat(entries(inserted(query("a", "sales", 1, START)).at(ReadPhase.STREAM, at(START, 1))))
                .isEmpty();
        assertThat(entries(Change.ofTruncate(SourceTable.QUERIES).at(ReadPhase.STREAM, at(START, 1))))
                .isEmpty();
    }

    @Test
    void decisionThatIsTakenBackOrReplacedIsNotedAndNothingElseOfAnApproval() {
        ApprovalRow pending = pending("7", START);
        ApprovalRow approved = decided("7", ApprovalStatus.APPROVED, START, START + MINUTE);
        ApprovalRow rejected = decided("7", ApprovalStatus.REJECTED, START, START + MINUTE);
        ApprovalRow later = decided("7", ApprovalStatus.APPROVED, START, START + 2 * MINUTE);

        assertThat(notes(approved, pending)).isEqualTo(notes(approved, pending)).containsExactly("approved pending");
        assertThat(notes(approved, rejected)).containsExactly("approved rejected");
        assertThat(notes(pending, approved)).isEmpty();
        assertThat(notes(approved, later)).isEmpty();
        assertThat(notes(approved, null)).isEmpty();
        assertThat(notes(null, rejected)).isEmpty();
    }

    @Test
    void decisionThatIsReplacedIsNotedWithWhoAndWhen() {
        ApprovalRow approved = decided("7", ApprovalStatus.APPROVED, START, START + MINUTE);
        ApprovalRow rejected = decided("7", ApprovalStatus.REJECTED, START, START + 2 * MINUTE);
        Change change = Change.ofApproval(approved, rejected, null).at(ReadPhase.STREAM, at(START + 3 * MINUTE, 1));

        assertThat(entries(change)).singleElement().satisfies(entry -> assertThat(entry.changeJson())
                .contains(
                        "\"conversation_id\":\"c-7\"",
                        "\"approved_by\":\"dana\"",
                        "\"changed_at\":\"" + Instant.EPOCH.plus(START + 3 * MINUTE, ChronoUnit.MICROS) + "\""));
    }

    private static List<String> notes(@Nullable ApprovalRow before, @Nullable ApprovalRow after) {
        return entries(Change.ofApproval(before, after, null).at(ReadPhase.STREAM, at(START, 1))).stream()
                .map(entry -> {
                    assertThat(entry.reason()).isEqualTo(Rejection.ILLEGAL_TRANSITION);
                    assertThat(entry.rowKey()).isEqualTo("7");
                    return entry.changeJson().replaceAll(".*old_status\":\"(.*)\",\"new_status\":\"(.*)\".*", "$1 $2");
                })
                .toList();
    }

    private static String keyOfRowWithoutKey(String json) {
        Rejection rejection = new Rejection(SourceTable.QUERIES, null, "missing_id", json, false);
        return entries(Change.ofQuery(null, null, rejection).at(ReadPhase.SNAPSHOT, LogPosition.ofTime(START)))
                .get(0)
                .eventKey();
    }

    private static List<LedgerEntry> entries(Change change) {
        List<LedgerEntry> entries = new ArrayList<>();
        new LedgerFunction(MINUTE).flatMap(change, new ListCollector<>(entries));
        return entries;
    }
}
