package dev.agentpulse.job.model;

import dev.agentpulse.udf.aggregate.FeedbackEvent;
import org.jspecify.annotations.Nullable;

/** A change of one feedback row, as the whole table or one annotator sees it. */
public record FeedbackChange(
        String key,
        long timeMicros,
        boolean truncate,
        @Nullable FeedbackEvent before,
        @Nullable FeedbackEvent after) implements KeyedChange {}
