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
                        Column.text("window_name", TrainingQualityRow::windowName),
                        Column.time("window_start", TrainingQualityRow::windowStartMicros),
                        Column.time("window_end", TrainingQualityRow::windowEndMicros),
                        Column.bigint("feedback_count", TrainingQualityRow::feedbackCount),
                        Column.bigint("safe_count", TrainingQualityRow::safeCount),
                        Column.bigint("unsafe_count", TrainingQualityRow::unsafeCount),
                        Column.bigint("unreviewed_count", TrainingQualityRow::unreviewedCount),
                        Column.numeric("unsafe_rate_pct", TrainingQualityRow::unsafeRatePct),
                        Column.numeric("avg_clarity", TrainingQualityRow::avgClarity),
                        Column.numeric("avg_accuracy", TrainingQualityRow::avgAccuracy),
                        Column.numeric("avg_tone", TrainingQualityRow::avgTone),
                        Column.jsonb("label_counts", TrainingQualityRow::labelCountsJson),
                        Column.bigint("active_annotator_count", TrainingQualityRow::activeAnnotatorCount)));
    }
}
