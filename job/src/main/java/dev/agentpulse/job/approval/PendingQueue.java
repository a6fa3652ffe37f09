package dev.agentpulse.job.approval;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The approvals that wait, by age. Ages move with time, so the rows lie in bands between the ages that are asked for
 * (the buckets' borders and the SLA), oldest first in each; as time goes on the head of a band moves to the next older
 * one. A row moves once a band, so a tick costs what has changed and not what waits.
 *
 * <p>Rows created ahead of time wait in a band of their own until time reaches them.
 */
final class PendingQueue {

    private static final BigDecimal MICROS_PER_SECOND = BigDecimal.valueOf(1_000_000L);

    private final long[] bordersMicros;
    /** {@code bands[0]} is the future; {@code bands[i]} holds ages from {@code bordersMicros[i - 1]} on. */
    private final List<NavigableSet<PendingApproval>> bands = new ArrayList<>();

    private final Map<String, PendingApproval> byId = new HashMap<>();
    private BigInteger createdAtSum = BigInteger.ZERO;
    private int waiting;
    private long asOfMicros = Long.MIN_VALUE;

    /** @param agesMicros the ages that will be asked for, in any order */
    PendingQueue(long... agesMicros) {
        TreeSet<Long> borders = new TreeSet<>();
        borders.add(0L);
        for (long age : agesMicros) {
            borders.add(age);
        }
        bordersMicros = borders.stream().mapToLong(Long::longValue).toArray();
        for (int i = 0; i <= bordersMicros.length; i++) {
            bands.add(new TreeSet<>(PendingApproval.OLDEST_FIRST));
        }
    }

    /** Adds a row, in place of any with the same id. */
    void put(PendingApproval row) {
        remove(row.id());
        byId.put(row.id(), row);
        int band = bandAt(row.createdAtMicros());
        bands.get(band).add(row);
        if (band > 0) {
            count(row, 1);
        }
    }

    void remove(String id) {
        PendingApproval row = byId.remove(id);
        if (row == null) {
            return;
        }
        int band = bandAt(row.createdAtMicros());
        bands.get(band).remove(row);
        if (band > 0) {
            count(row, -1);
        }
    }

    @Nullable
    PendingApproval get(String id) {
        return byId.get(id);
    }

    void clear() {
        bands.forEach(NavigableSet::clear);
        byId.clear();
        createdAtSum = BigInteger.ZERO;
        waiting = 0;
    }

    void advanceTo(long timeMicros) {
        if (timeMicros <= asOfMicros) {
            return;
        }
        asOfMicros = timeMicros;
        // Youngest band first, so that a row that has passed several borders is handed on through all of them.
        for (int band = 0; band < bordersMicros.length; band++) {
            NavigableSet<PendingApproval> rows = bands.get(band);
            while (!rows.isEmpty() && age(rows.first()) >= bordersMicros[band]) {
                PendingApproval row = rows.pollFirst();
                bands.get(band + 1).add(row);
                if (band == 0) {
                    count(row, 1);
                }
            }
        }
    }

    private void count(PendingApproval row, int sign) {
        BigInteger createdAt = BigInteger.valueOf(row.createdAtMicros());
        createdAtSum = sign > 0 ? createdAtSum.add(createdAt) : createdAtSum.subtract(createdAt);
        waiting += sign;
    }

    private int bandAt(long createdAtMicros) {
        if (asOfMicros == Long.MIN_VALUE || createdAtMicros > asOfMicros) {
            return 0;
        }
        int band = bordersMicros.length;
        while (asOfMicros - createdAtMicros < bordersMicros[band - 1]) {
            band--;
        }
        return band;
    }

    private long age(PendingApproval row) {
        return asOfMicros == Long.MIN_VALUE ? Long.MIN_VALUE : asOfMicros - row.createdAtMicros();
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    /** Rows that wait now; those ahead of time are not counted. */
    int size() {
        return waiting;
    }

    /** Rows of at least {@code ageMicros}, which must be one of the ages given at the start. */
    long countFrom(long ageMicros) {
        long count = 0;
        for (int band = bordersMicros.length; band >= 1 && bordersMicros[band - 1] >= ageMicros; band--) {
            count += bands.get(band).size();
        }
        return count;
    }

    @Nullable
    PendingApproval oldest() {
        for (int band = bordersMicros.length; band >= 1; band--) {
            if (!bands.get(band).isEmpty()) {
                return bands.get(band).first();
            }
        }
        return null;
    }

    /** When the next row that lies ahead of time will be reached; {@link Long#MAX_VALUE} for never. */
    long nextArrivalMicros() {
        return bands.get(0).isEmpty() ? Long.MAX_VALUE : bands.get(0).first().createdAtMicros();
    }

    @Nullable
    BigDecimal minAgeSeconds() {
        for (int band = 1; band <= bordersMicros.length; band++) {
            if (!bands.get(band).isEmpty()) {
                return seconds(age(bands.get(band).last()));
            }
        }
        return null;
    }

    @Nullable
    BigDecimal maxAgeSeconds() {
        PendingApproval oldest = oldest();
        return oldest == null ? null : seconds(age(oldest));
    }

    @Nullable
    BigDecimal averageAgeSeconds() {
        if (waiting == 0) {
            return null;
        }
        BigInteger ageSum = BigInteger.valueOf(asOfMicros)
                .multiply(BigInteger.valueOf(waiting))
                .subtract(createdAtSum);
        return new BigDecimal(ageSum)
                .divide(MICROS_PER_SECOND.multiply(BigDecimal.valueOf(waiting)), 2, RoundingMode.HALF_UP);
    }

    private static BigDecimal seconds(long micros) {
        return BigDecimal.valueOf(micros).divide(MICROS_PER_SECOND, 2, RoundingMode.HALF_UP);
    }
}
