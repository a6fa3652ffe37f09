package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.TrainingQualityRow;
import java.util.List;

/** Rows of {@code training_quality}. */
final class TrainingQualityUpsertStatement extends UpsertStatement<TrainingQualityRow> {

    TrainingQualityUpsertStatement() {
        super(
                "agentpulse.training_quality",
                1,
                List.of(
                        Column.text("window_name", row -> row.window().name()),
                        Column.time("window_start", row -> row.window().startMicros()),
                        Column.time("window_end", row -> row.window().endMicros()),
                        Column.bigint("feedback_count", row -> row.figures().feedbackCount()),
                        Column.bigint("safe_count", row -> row.figures().safeCount()),
                        Column.bigint("unsafe_count", row -> row.figures().unsafeCount()),
                        Column.bigint("unreviewed_count", row -> row.figures().unreviewedCount()),
                        Column.numeric("unsafe_rate_pct", row -> row.figures().unsafeRatePct()),
                        Column.numeric("avg_clarity", row -> row.figures().avgClarity()),
                        Column.numeric("avg_accuracy", row -> row.figures().avgAccuracy()),
                        Column.numeric("avg_tone", row -> row.figures().avgTone()),
                        Column.jsonb("label_counts", row -> row.figures().labelCountsJson()),
                        Column.bigint(
                                "active_annotator_count", row -> row.figures().activeAnnotatorCount())));
    }
}
