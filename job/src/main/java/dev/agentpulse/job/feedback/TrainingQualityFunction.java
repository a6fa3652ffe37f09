package dev.agentpulse.job.feedback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.TrainingQualityRow;
import dev.agentpulse.udf.aggregate.FeedbackWindow;
import dev.agentpulse.udf.aggregate.RubricDimension;
import org.jspecify.annotations.Nullable;

/** Rows of {@code training_quality}: all feedback under one key. */
public final class TrainingQualityFunction extends FeedbackWindowsFunction<TrainingQualityRow> {

    private static final long serialVersionUID = 1L;

    public TrainingQualityFunction(WindowConfig config) {
        super(config);
    }

    @Override
    TrainingQualityRow row(Place place, FeedbackWindow window, @Nullable Long latestMicros) {
        ObjectNode labels = Payload.object();
        window.labelCounts().forEach(labels::put);
        return new TrainingQualityRow(
                place.windowName(),
                place.startMicros(),
                place.endMicros(),
                window.count(),
                window.safeCount(),
                window.unsafeCount(),
                window.unreviewedCount(),
                window.unsafeRate(),
                window.averageScore(RubricDimension.CLARITY),
                window.averageScore(RubricDimension.ACCURACY),
                window.averageScore(RubricDimension.TONE),
                labels.toString(),
                window.annotatorCount());
    }

    @Override
    boolean sameFigures(TrainingQualityRow row, TrainingQualityRow other) {
        return row.sameFigures(other);
    }

    @Override
    TickRecord record(TrainingQualityRow row) {
        return TickRecord.of(row);
    }
}
