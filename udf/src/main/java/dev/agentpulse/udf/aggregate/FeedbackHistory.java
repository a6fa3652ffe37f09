package dev.agentpulse.udf.aggregate;

import java.math.BigDecimal;
import java.util.List;

/** What feedback adds to history. It has no distribution of numbers, but counts labels and annotators. */
public record FeedbackHistory(FeedbackEvent event) implements HistoryEvent {

    /** The counts, in their order. */
    public static final List<String> COUNTS =
            List.of("feedback_count", "safe_count", "unsafe_count", "clarity_count", "accuracy_count", "tone_count");

    /** The sums, in their order. */
    public static final List<String> SUMS = List.of("clarity_sum", "accuracy_sum", "tone_sum");

    /** Counts of texts. */
    public static final int TEXTS = 2;

    private static final int FIRST_SCORE = 3;

    private static final List<RubricDimension> DIMENSIONS =
            List.of(RubricDimension.CLARITY, RubricDimension.ACCURACY, RubricDimension.TONE);

    @Override
    public long timeMicros() {
        return event.timeMicros();
    }

    @Override
    public void addTo(HistoryTotals totals, int sign) {
        totals.count(0, sign);
        Boolean safe = event.safeToSend();
        if (safe != null) {
            totals.count(safe ? 1 : 2, sign);
        }
        for (int i = 0; i < DIMENSIONS.size(); i++) {
            BigDecimal score = event.score(DIMENSIONS.get(i));
            if (score != null) {
                totals.count(FIRST_SCORE + i, sign);
                totals.sum(i, score, sign);
            }
        }
        for (String label : event.labels()) {
            totals.text(0, label, sign);
        }
        if (event.annotator() != null) {
            totals.text(1, event.annotator(), sign);
        }
    }
}
