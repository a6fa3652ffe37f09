package dev.agentpulse.job.feedback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.TrainingQualityRow;
import dev.agentpulse.job.model.WindowEdges;
import dev.agentpulse.udf.aggregate.FeedbackEvent;
import dev.agentpulse.udf.aggregate.FeedbackSlice;
import dev.agentpulse.udf.aggregate.FeedbackWindow;
import dev.agentpulse.udf.aggregate.RubricDimension;
import dev.agentpulse.udf.aggregate.SlidingWindows;

/** Rows of {@code training_quality}: all feedback under one key. */
public final class TrainingQualityLogic extends FeedbackLogic<TrainingQualityRow.Figures> {

    private static final long serialVersionUID = 1L;

    public TrainingQualityLogic(WindowConfig config) {
        super(config);
    }

    @Override
    TrainingQualityRow.Figures figures(
            SlidingWindows<FeedbackEvent, FeedbackSlice, FeedbackWindow> windows, int index) {
        FeedbackWindow window = windows.window(index);
        ObjectNode labels = Payload.object();
        window.labelCounts().forEach(labels::put);
        return new TrainingQualityRow.Figures(
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
    TickRecord row(String all, WindowEdges edges, TrainingQualityRow.Figures figures) {
        return TickRecord.of(new TrainingQualityRow(edges, figures));
    }
}
