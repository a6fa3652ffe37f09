package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code training_quality}.
 *
 * @param labelCountsJson an object, label to count, keys in order
 */
public record TrainingQualityRow(
        String windowName,
        long windowStartMicros,
        long windowEndMicros,
        long feedbackCount,
        long safeCount,
        long unsafeCount,
        long unreviewedCount,
        @Nullable BigDecimal unsafeRatePct,
        @Nullable BigDecimal avgClarity,
        @Nullable BigDecimal avgAccuracy,
        @Nullable BigDecimal avgTone,
        String labelCountsJson,
        long activeAnnotatorCount) {

    /** Whether only the window's edges differ. */
    public boolean sameFigures(@Nullable TrainingQualityRow other) {
        return other != null
                && equals(new TrainingQualityRow(
                        other.windowName,
                        windowStartMicros,
                        windowEndMicros,
                        other.feedbackCount,
                        other.safeCount,
                        other.unsafeCount,
                        other.unreviewedCount,
                        other.unsafeRatePct,
                        other.avgClarity,
                        other.avgAccuracy,
                        other.avgTone,
                        other.labelCountsJson,
                        other.activeAnnotatorCount));
    }
}
