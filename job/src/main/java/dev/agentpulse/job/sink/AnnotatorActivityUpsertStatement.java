package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AnnotatorActivityRow;
import java.util.List;

/** Rows of {@code annotator_activity}. */
final class AnnotatorActivityUpsertStatement extends UpsertStatement<AnnotatorActivityRow> {

    AnnotatorActivityUpsertStatement() {
        super(
                "agentpulse.annotator_activity",
                2,
                List.of(
                        Column.text("annotator", AnnotatorActivityRow::annotator),
                        Column.text("window_name", AnnotatorActivityRow::windowName),
                        Column.bigint("feedback_count", AnnotatorActivityRow::feedbackCount),
                        Column.bigint("safe_count", AnnotatorActivityRow::safeCount),
                        Column.bigint("unsafe_count", AnnotatorActivityRow::unsafeCount),
                        Column.numeric("avg_overall", AnnotatorActivityRow::avgOverall),
                        Column.time("last_feedback_at", AnnotatorActivityRow::lastFeedbackAtMicros),
                        Column.time("window_start", AnnotatorActivityRow::windowStartMicros),
                        Column.time("window_end", AnnotatorActivityRow::windowEndMicros)));
    }
}
