package dev.agentpulse.job.alert;

import static dev.agentpulse.job.model.Samples.START;
import static dev.agentpulse.job.model.Samples.at;
import static dev.agentpulse.job.model.Samples.feedback;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnsafeResponseFunctionTest {

    private static final FeedbackRow SAFE = feedback("f", true, START);
    private static final FeedbackRow UNSAFE = feedback("f", false, START, "tone");
    private static final FeedbackRow UNKNOWN = feedback("f", null, START);

    @Test
    void opensWhenARowIsOrBecomesUnsafe() {
        assertThat(steps(null, UNSAFE)).containsExactly(AlertChange.Step.OPEN);
        assertThat(steps(SAFE, UNSAFE)).containsExactly(AlertChange.Step.OPEN);
        assertThat(steps(UNKNOWN, UNSAFE)).containsExactly(AlertChange.Step.OPEN);
    }

    @Test
    void endsWhenItNoLongerIsOrIsDeleted() {
        assertThat(steps(UNSAFE, SAFE)).containsExactly(AlertChange.Step.RESOLVE_EARLIER);
        assertThat(steps(UNSAFE, UNKNOWN)).containsExactly(AlertChange.Step.RESOLVE_EARLIER);
        assertThat(steps(UNSAFE, null)).containsExactly(AlertChange.Step.RESOLVE_EARLIER);
    }

    @Test
    void anythingElseIsNoNews() {
        assertThat(steps(UNSAFE, UNSAFE)).isEmpty();
        assertThat(steps(null, SAFE)).isEmpty();
        assertThat(steps(SAFE, null)).isEmpty();
    }

    @Test
    void idsOfOneRowSortAsTheLogDoes() {
        String first = said(Change.ofFeedback(null, UNSAFE, null).at(ReadPhase.STREAM, at(START, 9)))
                .get(0)
                .alertId();
        String later = said(Change.ofFeedback(null, UNSAFE, null).at(ReadPhase.STREAM, at(START, 10)))
                .get(0)
                .alertId();

        assertThat(first).isLessThan(later);
    }

    private static List<AlertChange.Step> steps(@Nullable FeedbackRow before, @Nullable FeedbackRow after) {
        return said(Change.ofFeedback(before, after, null).at(ReadPhase.STREAM, at(START, 1))).stream()
                .map(AlertChange::step)
                .toList();
    }

    private static List<AlertChange> said(Change change) {
        List<TickRecord> records = new ArrayList<>();
        new UnsafeResponseFunction().flatMap(change, new ListCollector<>(records));
        return records.stream()
                .map(record -> Objects.requireNonNull(record.alert()))
                .toList();
    }
}
