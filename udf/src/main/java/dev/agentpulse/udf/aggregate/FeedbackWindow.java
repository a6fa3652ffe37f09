package dev.agentpulse.udf.aggregate;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The figures of the feedback in one window: of all of it, or of what one annotator gave. */
public final class FeedbackWindow implements Window<FeedbackEvent, FeedbackSlice> {

    private final FeedbackTotals totals = new FeedbackTotals();

    @Override
    public void add(FeedbackEvent event) {
        totals.count(event, 1);
    }

    @Override
    public void retract(FeedbackEvent event) {
        totals.count(event, -1);
    }

    @Override
    public void combine(FeedbackSlice slice) {
        totals.count(slice.rows().totals(), 1);
    }

    @Override
    public void invert(FeedbackSlice slice) {
        totals.count(slice.rows().totals(), -1);
    }

    @Override
    public boolean isEmpty() {
        return totals.rows() == 0;
    }

    public long count() {
        return totals.rows();
    }

    public long safeCount() {
        return totals.safe();
    }

    public long unsafeCount() {
        return totals.unsafe();
    }

    public long unreviewedCount() {
        return totals.unreviewed();
    }

    /** Unsafe of all reviewed, in percent; null if none was reviewed. */
    public @Nullable BigDecimal unsafeRate() {
        return Rounding.percent(totals.unsafe(), safeCount() + unsafeCount());
    }

    public BigDecimal scoreSum(RubricDimension dimension) {
        return totals.scoreSum(dimension);
    }

    public long scoreCount(RubricDimension dimension) {
        return totals.scoreCount(dimension);
    }

    /** Average of the numbers given for a dimension, null if there are none. */
    public @Nullable BigDecimal averageScore(RubricDimension dimension) {
        return Rounding.average(scoreSum(dimension), scoreCount(dimension));
    }

    /** Average of all numbers given, whatever for; null if there are none. */
    public @Nullable BigDecimal averageOverall() {
        BigDecimal sum = BigDecimal.ZERO;
        long count = 0;
        for (RubricDimension dimension : RubricDimension.values()) {
            sum = sum.add(scoreSum(dimension));
            count += scoreCount(dimension);
        }
        return Rounding.average(sum, count);
    }

    /** How often each label was given, in the order of the labels. A live view. */
    public SortedMap<String, Integer> labelCounts() {
        return Collections.unmodifiableSortedMap(totals.labels());
    }

    /** How many different annotators there were. */
    public int annotatorCount() {
        return totals.annotators().size();
    }
}
