package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A row of {@code annotator_activity}. */
public record AnnotatorActivityRow(String annotator, WindowEdges window, Figures figures) {

    /** What is counted and measured in the window. */
    public record Figures(
            long feedbackCount,
            long safeCount,
            long unsafeCount,
            @Nullable BigDecimal avgOverall,
            @Nullable Long lastFeedbackAtMicros) {}
}
