package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A row of {@code training_quality}. */
public record TrainingQualityRow(WindowEdges window, Figures figures) {

    /**
     * What is counted and measured in the window.
     *
     * @param labelCountsJson an object, label to count, keys in order
     */
    public record Figures(
            long feedbackCount,
            long safeCount,
            long unsafeCount,
            long unreviewedCount,
            @Nullable BigDecimal unsafeRatePct,
            @Nullable BigDecimal avgClarity,
            @Nullable BigDecimal avgAccuracy,
            @Nullable BigDecimal avgTone,
            String labelCountsJson,
            long activeAnnotatorCount) {}
}
