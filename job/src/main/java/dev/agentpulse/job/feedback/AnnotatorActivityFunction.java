package dev.agentpulse.job.feedback;

import dev.agentpulse.job.config.WindowConfig;
import dev.agentpulse.job.model.AnnotatorActivityRow;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.udf.aggregate.FeedbackWindow;
import org.jspecify.annotations.Nullable;

/** Rows of {@code annotator_activity}: a key an annotator. */
public final class AnnotatorActivityFunction extends FeedbackWindowsFunction<AnnotatorActivityRow> {

    private static final long serialVersionUID = 1L;

    public AnnotatorActivityFunction(WindowConfig config) {
        super(config);
    }

    @Override
    AnnotatorActivityRow row(Place place, FeedbackWindow window, @Nullable Long latestMicros) {
        return new AnnotatorActivityRow(
                place.key(),
                place.windowName(),
                window.count(),
                window.safeCount(),
                window.unsafeCount(),
                window.averageOverall(),
                latestMicros,
                place.startMicros(),
                place.endMicros());
    }

    @Override
    boolean sameFigures(AnnotatorActivityRow row, AnnotatorActivityRow other) {
        return row.sameFigures(other);
    }

    @Override
    TickRecord record(AnnotatorActivityRow row) {
        return TickRecord.of(row);
    }
}
