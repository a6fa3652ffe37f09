package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/** A change of one feedback row, as the whole table or one annotator sees it. */
public record FeedbackChange(
        String key,
        LogPosition position,
        boolean truncate,
        @Nullable FeedbackRow before,
        @Nullable FeedbackRow after) implements KeyedChange {}
