package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A row of {@code annotator_activity}. */
public record AnnotatorActivityRow(
        String annotator,
        String windowName,
        long feedbackCount,
        long safeCount,
        long unsafeCount,
        @Nullable BigDecimal avgOverall,
        @Nullable Long lastFeedbackAtMicros,
        long windowStartMicros,
        long windowEndMicros) {

    /** Whether only the window's edges differ. */
    public boolean sameFigures(@Nullable AnnotatorActivityRow other) {
        return other != null
                && equals(new AnnotatorActivityRow(
                        other.annotator,
                        other.windowName,
                        other.feedbackCount,
                        other.safeCount,
                        other.unsafeCount,
                        other.avgOverall,
                        other.lastFeedbackAtMicros,
                        windowStartMicros,
                        windowEndMicros));
    }
}
