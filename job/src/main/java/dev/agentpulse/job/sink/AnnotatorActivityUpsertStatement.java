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
                        Column.text("window_name", row -> row.window().name()),
                        Column.bigint("feedback_count", row -> row.figures().feedbackCount()),
                        Column.bigint("safe_count", row -> row.figures().safeCount()),
                        Column.bigint("unsafe_count", row -> row.figures().unsafeCount()),
                        Column.numeric("avg_overall", row -> row.figures().avgOverall()),
                        Column.time("last_feedback_at", row -> row.figures().lastFeedbackAtMicros()),
                        Column.time("window_start", row -> row.window().startMicros()),
                        Column.time("window_end", row -> row.window().endMicros())));
    }
}
