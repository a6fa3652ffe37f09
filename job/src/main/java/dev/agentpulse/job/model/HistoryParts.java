package dev.agentpulse.job.model;

import dev.agentpulse.udf.aggregate.HistoryTotals;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.NavigableMap;

/**
 * The additive parts of a bucket, or a difference of them. What they are is said by {@link HistoryTable}.
 *
 * @param values the numbers of the distribution, ascending
 * @param valueCounts how often each of them was counted; none is zero
 * @param texts likewise the texts of each kind, ascending
 * @param textCounts how often each of them was counted; none is zero
 * @param purgedRows rows that were removed from the source table and stay in the figures
 */
@SuppressWarnings("ArrayRecordComponent") // Flink has serializers for arrays and none for lists.
public record HistoryParts(
        long[] counts,
        BigDecimal[] sums,
        int[] values,
        int[] valueCounts,
        String[][] texts,
        int[][] textCounts,
        long purgedRows) {

    public static HistoryParts of(HistoryTable table, HistoryTotals totals) {
        int kinds = table.texts();
        String[][] texts = new String[kinds][];
        int[][] textCounts = new int[kinds][];
        for (int i = 0; i < kinds; i++) {
            NavigableMap<String, Integer> counted = totals.texts(i);
            texts[i] = counted.keySet().toArray(String[]::new);
            textCounts[i] =
                    counted.values().stream().mapToInt(Integer::intValue).toArray();
        }
        return new HistoryParts(
                totals.counts(),
                totals.sums(),
                totals.values(),
                totals.valueCounts(),
                texts,
                textCounts,
                totals.purgedCount());
    }

    static HistoryParts none(HistoryTable table) {
        return of(table, table.newTotals());
    }

    /** Puts it into a sum of such parts. */
    public void addTo(HistoryTotals totals) {
        totals.add(counts, sums, values, valueCounts, texts, textCounts, purgedRows);
    }

    /** Whether it holds nothing, but for purged rows. */
    public boolean isEmpty() {
        return Arrays.stream(counts).allMatch(count -> count == 0)
                && Arrays.stream(sums).allMatch(sum -> sum.signum() == 0)
                && values.length == 0
                && Arrays.stream(texts).allMatch(ofKind -> ofKind.length == 0);
    }

    /** How many numbers and how many characters of texts it holds, which there may be many of. */
    public int size() {
        int size = values.length;
        for (String[] ofKind : texts) {
            for (String text : ofKind) {
                size += text.length();
            }
        }
        return size;
    }
}
