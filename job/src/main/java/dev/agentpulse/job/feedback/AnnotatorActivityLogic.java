package dev.agentpulse.job.feedback;

import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.AnnotatorActivityRow;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.WindowEdges;
import dev.agentpulse.udf.aggregate.FeedbackEvent;
import dev.agentpulse.udf.aggregate.FeedbackSlice;
import dev.agentpulse.udf.aggregate.FeedbackWindow;
import dev.agentpulse.udf.aggregate.SlidingWindows;
import java.util.OptionalLong;

/** Rows of {@code annotator_activity}: a key an annotator. */
public final class AnnotatorActivityLogic extends FeedbackLogic<AnnotatorActivityRow.Figures> {

    private static final long serialVersionUID = 1L;

    public AnnotatorActivityLogic(WindowConfig config) {
        super(config);
    }

    @Override
    AnnotatorActivityRow.Figures figures(
            SlidingWindows<FeedbackEvent, FeedbackSlice, FeedbackWindow> windows, int index) {
        FeedbackWindow window = windows.window(index);
        OptionalLong latest = windows.latestMicros(index);
        return new AnnotatorActivityRow.Figures(
                window.count(),
                window.safeCount(),
                window.unsafeCount(),
                window.averageOverall(),
                latest.isPresent() ? latest.getAsLong() : null);
    }

    @Override
    TickRecord row(String annotator, WindowEdges edges, AnnotatorActivityRow.Figures figures) {
        return TickRecord.of(new AnnotatorActivityRow(annotator, edges, figures));
    }
}
