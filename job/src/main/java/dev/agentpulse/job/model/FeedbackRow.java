package dev.agentpulse.job.model;

import dev.agentpulse.udf.aggregate.FeedbackEvent;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A usable row of {@code agent_feedback}.
 *
 * @param safeToSend null where nobody has annotated the answer
 * @param labels the non-null labels, in the row's order; never null
 * @param clarity null where the rubric has no number under that name; likewise the other two
 */
@SuppressWarnings("ArrayRecordComponent") // Flink would serialize a list with Kryo; equals and hashCode look inside
public record FeedbackRow(
        String id,
        @Nullable String conversationId,
        @Nullable Boolean safeToSend,
        String[] labels,
        @Nullable BigDecimal clarity,
        @Nullable BigDecimal accuracy,
        @Nullable BigDecimal tone,
        @Nullable String annotator,
        long createdAtMicros) {

    /** What figures need of it. */
    public FeedbackEvent event() {
        return new FeedbackEvent(createdAtMicros, safeToSend, labels, clarity, accuracy, tone, annotator);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FeedbackRow that
                && id.equals(that.id)
                && Objects.equals(conversationId, that.conversationId)
                && Objects.equals(safeToSend, that.safeToSend)
                && Arrays.equals(labels, that.labels)
                && Objects.equals(clarity, that.clarity)
                && Objects.equals(accuracy, that.accuracy)
                && Objects.equals(tone, that.tone)
                && Objects.equals(annotator, that.annotator)
                && createdAtMicros == that.createdAtMicros;
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, createdAtMicros);
    }
}
