package dev.agentpulse.job.approval;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.jspecify.annotations.Nullable;

/**
 * The approvals that are pending, by age. On the heap are the times at which they were created, from which every count,
 * sum and extreme follows, exact to the microsecond, and the first few rows; all rows are in map state, oldest first. So
 * a million of them take about ten megabytes, and a change or a tick costs the same whatever their number.
 *
 * <p>Rows are written to state at once. Those created ahead of time do not count before time reaches them.
 */
final class PendingApprovals {

    private static final int FIRST_ROWS = 512;

    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000L);

    /** Rows by place in the queue, with their conversation ids. */
    private final MapState<PendingKey, String> state;

    private final boolean sorted;
    private final int firstRows;
    private final PendingTimes times = new PendingTimes();

    /** The first rows of {@link #state}, as many as are known. */
    private final TreeMap<PendingKey, @Nullable String> first = new TreeMap<>();

    private long asOfMicros = Long.MIN_VALUE;

    /** @param sorted whether the state gives its entries in the order of their serialized keys */
    PendingApprovals(MapState<PendingKey, String> state, boolean sorted) {
        this(state, sorted, FIRST_ROWS);
    }

    PendingApprovals(MapState<PendingKey, String> state, boolean sorted, int firstRows) {
        this.state = state;
        this.sorted = sorted;
        this.firstRows = firstRows;
    }

    /** Reads what the state holds. */
    void load() throws Exception {
        for (PendingKey key : state.keys()) {
            times.add(key.createdAtMicros());
        }
    }

    void add(PendingKey key, @Nullable String conversationId) throws Exception {
        boolean allKnown = first.size() == times.size();
        state.put(key, conversationId);
        times.add(key.createdAtMicros());
        if (allKnown || (!first.isEmpty() && key.compareTo(first.lastKey()) < 0)) {
            first.put(key, conversationId);
            while (first.size() > firstRows) {
                first.pollLastEntry();
            }
        }
    }

    /** Takes a row out; false, with nothing changed, if it is not there. */
    boolean remove(PendingKey key) throws Exception {
        if (!state.contains(key)) {
            return false;
        }
        state.remove(key);
        first.remove(key);
        return times.remove(key.createdAtMicros());
    }

    void clear() {
        state.clear();
        first.clear();
        times.clear();
    }

    void advanceTo(long timeMicros) {
        asOfMicros = Math.max(asOfMicros, timeMicros);
    }

    /** Whether nothing is pending, now or later. */
    boolean isEmpty() {
        return times.size() == 0;
    }

    /** Rows that are pending now; those ahead of time are not counted. */
    int size() {
        return times.countUntil(asOfMicros);
    }

    /** Rows that have been pending for at least {@code ageMicros}. */
    int countFrom(long ageMicros) {
        return times.countUntil(asOfMicros - ageMicros);
    }

    /** The row that has been pending for the longest time, with its conversation id; null if there is none. */
    Map.@Nullable Entry<PendingKey, @Nullable String> oldest() throws Exception {
        if (size() == 0) {
            return null;
        }
        if (first.isEmpty()) {
            readFirst();
        }
        return first.firstEntry();
    }

    private void readFirst() throws Exception {
        Iterator<Map.Entry<PendingKey, String>> rows = state.iterator();
        while (rows.hasNext() && !(sorted && first.size() == firstRows)) {
            Map.Entry<PendingKey, String> row = rows.next();
            first.put(row.getKey(), row.getValue());
            if (first.size() > firstRows) {
                first.pollLastEntry();
            }
        }
    }

    /** When the next row that is ahead of time enters; {@link Long#MAX_VALUE} if there is none. */
    long nextArrivalMicros() {
        int size = size();
        return size < times.size() ? times.at(size) : Long.MAX_VALUE;
    }

    @Nullable
    BigDecimal minAgeSeconds() {
        int size = size();
        return size == 0 ? null : seconds(asOfMicros - times.at(size - 1));
    }

    @Nullable
    BigDecimal maxAgeSeconds() {
        return size() == 0 ? null : seconds(asOfMicros - times.at(0));
    }

    @Nullable
    BigDecimal averageAgeSeconds() {
        int size = size();
        if (size == 0) {
            return null;
        }
        BigInteger ageSum = BigInteger.valueOf(asOfMicros)
                .multiply(BigInteger.valueOf(size))
                .subtract(times.sumUntil(asOfMicros));
        return new BigDecimal(ageSum)
                .divide(MICROS_PER_SECOND.multiply(BigDecimal.valueOf(size)), 2, RoundingMode.HALF_UP);
    }

    private static BigDecimal seconds(long micros) {
        return BigDecimal.valueOf(micros).divide(MICROS_PER_SECOND, 2, RoundingMode.HALF_UP);
    }
}
