package dev.agentpulse.job.approval;

import static dev.agentpulse.job.model.Samples.MINUTE;
import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.at;
import static dev.agentpulse.job.model.Samples.decided;
import static dev.agentpulse.job.model.Samples.pending;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.ApprovalStatus;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ApprovalFeedFunctionTest {

    private static final long NOW = START + 90_000_000;

    @Test
    void newRowIsToldWithItsAge() {
        assertThat(said(null, pending("a", START), ReadPhase.STREAM)).containsExactly("""
                {"event":"new_approval","id":"a","conversation_id":"c-a","created_at":"2023-11-14T22:13:20Z",\
                "status":"pending","age_minutes":1.50}""");
    }

    @Test
    void rowThatComesDecidedIsAChangeOfStatusWithoutAnOldOne() {
        ApprovalRow approved = decided("a", ApprovalStatus.APPROVED, START, START + MINUTE);

        assertThat(said(null, approved, ReadPhase.STREAM)).containsExactly("""
                {"event":"status_change","id":"a","conversation_id":"c-a","created_at":"2023-11-14T22:13:20Z",\
                "new_status":"approved","approved_by":"dana","resolution_seconds":60.00}""");
    }

    @Test
    void decisionIsToldWithItsResolution() {
        ApprovalRow approved = decided("a", ApprovalStatus.APPROVED, START, START + MINUTE + 5_000);

        assertThat(said(pending("a", START), approved, ReadPhase.STREAM)).containsExactly("""
                {"event":"status_change","id":"a","conversation_id":"c-a","created_at":"2023-11-14T22:13:20Z",\
                "old_status":"pending","new_status":"approved","approved_by":"dana","resolution_seconds":60.01}""");
    }

    @Test
    void rowSetBackToPendingHasNoResolution() {
        ApprovalRow approved = decided("a", ApprovalStatus.APPROVED, START, START + MINUTE);

        assertThat(said(approved, decided("a", ApprovalStatus.PENDING, START, START + MINUTE), ReadPhase.STREAM))
                .singleElement()
                .asString()
                .contains("\"new_status\":\"pending\"", "\"resolution_seconds\":null");
    }

    @Test
    void sameStatusAndDeletesSayNothing() {
        assertThat(said(pending("a", START), pending("a", START + 1), ReadPhase.STREAM))
                .isEmpty();
        assertThat(said(pending("a", START), null, ReadPhase.STREAM)).isEmpty();
    }

    private static List<String> said(@Nullable ApprovalRow before, @Nullable ApprovalRow after, ReadPhase phase) {
        List<TickRecord> records = new ArrayList<>();
        new ApprovalFeedFunction()
                .flatMap(Change.ofApproval(before, after, null).at(phase, at(NOW, 1)), new ListCollector<>(records));
        return records.stream()
                .map(record -> Objects.requireNonNull(record.message()).payloadJson())
                .toList();
    }
}
