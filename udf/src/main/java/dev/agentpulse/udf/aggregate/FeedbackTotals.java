package dev.agentpulse.udf.aggregate;

import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sums and counts over feedback, of a slice or of a window alike: a group under {@link #count}.
 *
 * <p>Room: an entry for each different label and annotator, so it grows with the rows and not beyond what they bring. Which
 * labels to leave out of a full one would depend on the order of the rows, and what was left out could not be taken out again.
 * So whoever makes events has to bound how many labels one brings, and how long they are.
 */
final class FeedbackTotals {

    private int rows;
    private int safe;
    private int unsafe;
    private final Map<RubricDimension, Scores> scores = new EnumMap<>(RubricDimension.class);
    private final TreeMap<String, Integer> labels = new TreeMap<>();
    private final TreeMap<String, Integer> annotators = new TreeMap<>();

    /** Puts an event in ({@code sign} 1) or takes it out (-1). */
    void count(FeedbackEvent event, int sign) {
        rows += sign;
        Boolean review = event.safeToSend();
        if (review != null && review) {
            safe += sign;
        } else if (review != null) {
            unsafe += sign;
        }
        for (RubricDimension dimension : RubricDimension.values()) {
            BigDecimal score = event.score(dimension);
            if (score != null) {
                addScores(dimension, score, 1, sign);
            }
        }
        for (String label : event.labels()) {
            addTo(labels, label, sign);
        }
        if (event.annotator() != null) {
            addTo(annotators, event.annotator(), sign);
        }
    }

    /** Puts other totals in ({@code sign} 1) or takes them out (-1). */
    void count(FeedbackTotals other, int sign) {
        rows += sign * other.rows;
        safe += sign * other.safe;
        unsafe += sign * other.unsafe;
        for (RubricDimension dimension : RubricDimension.values()) {
            addScores(dimension, other.scoreSum(dimension), other.scoreCount(dimension), sign);
        }
        other.labels.forEach((label, count) -> addTo(labels, label, sign * count));
        other.annotators.forEach((annotator, count) -> addTo(annotators, annotator, sign * count));
    }

    private void addScores(RubricDimension dimension, BigDecimal sum, int count, int sign) {
        Scores before = scores.getOrDefault(dimension, Scores.NONE);
        int newCount = before.count + sign * count;
        BigDecimal newSum = sign > 0 ? before.sum.add(sum) : before.sum.subtract(sum);
        // Without a number the sum is zero, but its scale would never shrink again.
        scores.put(dimension, newCount == 0 ? Scores.NONE : new Scores(newSum, newCount));
    }

    private static void addTo(Map<String, Integer> counts, String key, int delta) {
        counts.merge(key, delta, (before, change) -> before + change == 0 ? null : before + change);
    }

    /** False if taking the event out would leave less than nothing of something. */
    boolean mayHold(FeedbackEvent event) {
        for (RubricDimension dimension : RubricDimension.values()) {
            int having = event.score(dimension) == null ? rows - scoreCount(dimension) : scoreCount(dimension);
            if (having == 0) {
                return false;
            }
        }
        Map<String, Integer> needed = new TreeMap<>();
        for (String label : event.labels()) {
            addTo(needed, label, 1);
        }
        return reviewed(event.safeToSend()) > 0
                && (event.annotator() == null || annotators.containsKey(event.annotator()))
                && needed.entrySet().stream()
                        .allMatch(entry -> labels.getOrDefault(entry.getKey(), 0) >= entry.getValue());
    }

    private int reviewed(@Nullable Boolean review) {
        if (review == null) {
            return unreviewed();
        }
        return review ? safe : unsafe;
    }

    int rows() {
        return rows;
    }

    int safe() {
        return safe;
    }

    int unsafe() {
        return unsafe;
    }

    int unreviewed() {
        return rows - safe - unsafe;
    }

    BigDecimal scoreSum(RubricDimension dimension) {
        return scores.getOrDefault(dimension, Scores.NONE).sum;
    }

    int scoreCount(RubricDimension dimension) {
        return scores.getOrDefault(dimension, Scores.NONE).count;
    }

    SortedMap<String, Integer> labels() {
        return labels;
    }

    SortedMap<String, Integer> annotators() {
        return annotators;
    }

    void write(PackedOutput out) {
        out.writeUnsigned(rows);
        out.writeUnsigned(safe);
        out.writeUnsigned(unsafe);
        for (RubricDimension dimension : RubricDimension.values()) {
            out.writeUnsigned(scoreCount(dimension));
            if (scoreCount(dimension) > 0) {
                out.writeDecimal(scoreSum(dimension));
            }
        }
        writeCounts(labels, out);
        writeCounts(annotators, out);
    }

    static FeedbackTotals read(PackedInput in) {
        FeedbackTotals totals = new FeedbackTotals();
        totals.rows = in.readCount();
        totals.safe = in.readCount();
        totals.unsafe = in.readCount();
        for (RubricDimension dimension : RubricDimension.values()) {
            int count = in.readCount();
            if (count > 0) {
                totals.addScores(dimension, in.readDecimal(), count, 1);
            }
        }
        readCounts(totals.labels, in);
        readCounts(totals.annotators, in);
        return totals;
    }

    private static void writeCounts(Map<String, Integer> counts, PackedOutput out) {
        out.writeUnsigned(counts.size());
        counts.forEach((key, count) -> {
            out.writeString(key);
            out.writeUnsigned(count);
        });
    }

    private static void readCounts(Map<String, Integer> counts, PackedInput in) {
        for (int left = in.readCount(); left > 0; left--) {
            String key = in.readString();
            counts.put(key, in.readCount());
        }
    }

    /** The numbers given for one dimension. */
    private record Scores(BigDecimal sum, int count) {
        private static final Scores NONE = new Scores(BigDecimal.ZERO, 0);
    }
}
