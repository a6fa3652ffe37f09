package dev.agentpulse.udf.aggregate;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the windows need of a row of {@code agent_feedback}. Two events are equal if their values are: labels by content
 * and order, numbers whatever their trailing zeros.
 *
 * @param timeMicros {@code created_at}
 * @param safeToSend null if the answer was not reviewed
 * @param labels the labels that are not null; the array is not copied
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content; a list would not be a Flink POJO
public record FeedbackEvent(
        long timeMicros,
        @Nullable Boolean safeToSend,
        String[] labels,
        @Nullable BigDecimal clarity,
        @Nullable BigDecimal accuracy,
        @Nullable BigDecimal tone,
        @Nullable String annotator)
        implements Timed {

    public FeedbackEvent {
        for (String label : labels) {
            Objects.requireNonNull(label, "labels must not contain null");
        }
        clarity = canonical(clarity);
        accuracy = canonical(accuracy);
        tone = canonical(tone);
    }

    private static @Nullable BigDecimal canonical(@Nullable BigDecimal number) {
        return number == null ? null : number.stripTrailingZeros();
    }

    public @Nullable BigDecimal score(RubricDimension dimension) {
        return switch (dimension) {
            case CLARITY -> clarity;
            case ACCURACY -> accuracy;
            case TONE -> tone;
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FeedbackEvent that
                && timeMicros == that.timeMicros
                && Objects.equals(safeToSend, that.safeToSend)
                && Arrays.equals(labels, that.labels)
                && Objects.equals(clarity, that.clarity)
                && Objects.equals(accuracy, that.accuracy)
                && Objects.equals(tone, that.tone)
                && Objects.equals(annotator, that.annotator);
    }

    @Override
    public int hashCode() {
        return 31 * Objects.hash(timeMicros, safeToSend, clarity, accuracy, tone, annotator) + Arrays.hashCode(labels);
    }

    @Override
    public String toString() {
        return "FeedbackEvent[timeMicros=" + timeMicros + ", safeToSend=" + safeToSend + ", labels="
                + Arrays.toString(labels) + ", clarity=" + clarity + ", accuracy=" + accuracy + ", tone=" + tone
                + ", annotator=" + annotator + "]";
    }
}
