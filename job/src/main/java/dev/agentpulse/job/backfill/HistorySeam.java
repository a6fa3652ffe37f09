package dev.agentpulse.job.backfill;

import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.pgoutput.TransactionSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where buckets that were read from the table meet the stream: a correction counts if and only if its transaction is not
 * visible in the snapshot in which its minute was read.
 *
 * <p>History is complete from a time on, and grows backwards range by range. Of a correction of an older minute:
 *
 * <ul>
 *   <li>while a range is being read, it is kept, and decided upon when the range's snapshot is known;
 *   <li>before, it is left out, because the snapshot will show it. A commit is in the stream a little before snapshots
 *       see it (long before, where a standby has to confirm it). So the transactions that were left out are remembered,
 *       and a snapshot that does not see one of them does not count. What is not remembered (too many, or of before a
 *       restart) makes the next reading wait until all transactions of that time are over.
 * </ul>
 *
 * <p>Changes are noted of the tick that is being written, and count once it is committed. Not for several threads.
 */
public final class HistorySeam {

    static final int MOST_TRANSACTIONS = 10_000;
    static final int MOST_KEPT = 10_000;
    static final int MOST_KEPT_LATENCIES = 500_000;

    /**
     * A range of time whose buckets were read.
     *
     * @param visible what was seen
     * @param endLsn a log position behind it
     */
    public record Range(long sinceMicros, long untilMicros, TransactionSnapshot visible, long endLsn) {

        private boolean holds(long minuteMicros) {
            return minuteMicros >= sinceMicros && minuteMicros < untilMicros;
        }
    }

    /** Where it grows on from. */
    private long completeFromMicros = Long.MIN_VALUE;

    /** Whether more is to be read. */
    private boolean more;

    /** Those whose snapshots the stream has not passed. */
    private final List<Range> ranges = new ArrayList<>();

    /** What was left out, by the low 32 bits of its transaction's id. */
    private Set<Integer> leftOut = new HashSet<>();

    /** Whether there may be more of it. */
    private boolean forgotten = true;

    private @Nullable Reading reading;

    // Of the tick that is being written.
    private final List<HistoryCorrection> tickKept = new ArrayList<>();
    private final Set<Integer> tickLeftOut = new HashSet<>();
    private boolean tickBreaks;

    /** A range that is being read, back from where history is complete. */
    private static final class Reading {
        final List<HistoryCorrection> kept = new ArrayList<>();

        /** What the snapshot must see. */
        final Set<Integer> leftOutBefore;

        /** Whether the snapshot is taken behind all that is not remembered. */
        final boolean waits;

        int latencies;
        boolean broken;

        Reading(Set<Integer> leftOutBefore, boolean waits) {
            this.leftOutBefore = leftOutBefore;
            this.waits = waits;
        }
    }

    /**
     * Begins anew, or goes on after others have written.
     *
     * @param fromMicros from when on history is complete
     * @param older whether older history is to be read
     * @param read what was read, as far as the stream may not have passed it
     */
    public void restart(long fromMicros, boolean older, List<Range> read) {
        completeFromMicros = fromMicros;
        more = older;
        ranges.clear();
        ranges.addAll(read);
        leftOut.clear();
        forgotten = true;
        reading = null;
        beginTick();
    }

    /** Whether more is to be read. */
    public boolean hasMore() {
        return more;
    }

    /** Forgets what was noted of a tick that was not committed. */
    public void beginTick() {
        tickKept.clear();
        tickLeftOut.clear();
        tickBreaks = false;
    }

    /** Whether a correction is to be added to the rows that there are; if not, it is noted. */
    public boolean applies(HistoryCorrection correction) {
        long minute = correction.minuteMicros();
        if (minute >= completeFromMicros) {
            for (Range range : ranges) {
                if (range.holds(minute)) {
                    return !range.visible().contains(correction.transactionId());
                }
            }
            return true;
        }
        if (more && reading != null) {
            tickKept.add(correction);
        } else if (more) {
            tickLeftOut.add(correction.transactionId());
        }
        return false;
    }

    /** From which minute on a TRUNCATE empties history: what was read behind it holds what came after it. */
    public long emptiesFromMicros(HistoryCorrection truncate) {
        tickBreaks = true;
        tickLeftOut.add(truncate.transactionId());
        long from = Long.MIN_VALUE;
        for (Range range : ranges) {
            if (range.visible().contains(truncate.transactionId())) {
                from = Math.max(from, range.untilMicros());
            }
        }
        return from;
    }

    /**
     * What was noted of the tick counts.
     *
     * @param lsn up to where the stream is in it
     */
    public void tickCommitted(long lsn) {
        Reading open = reading;
        if (open != null) {
            tickKept.forEach(change -> keep(open, change));
            open.broken |= tickBreaks;
        }
        if (more) {
            leaveOut(tickLeftOut);
        }
        ranges.removeIf(range -> range.endLsn() <= lsn);
        beginTick();
    }

    private void keep(Reading open, HistoryCorrection change) {
        open.latencies += change.parts().size();
        if (open.broken || open.kept.size() >= MOST_KEPT || open.latencies > MOST_KEPT_LATENCIES) {
            open.broken = true;
            leaveOut(Set.of(change.transactionId()));
        } else {
            open.kept.add(change);
        }
    }

    private void leaveOut(Set<Integer> transactions) {
        leftOut.addAll(transactions);
        if (leftOut.size() > MOST_TRANSACTIONS) {
            leftOut.clear();
            forgotten = true;
        }
    }

    /**
     * From now on corrections are kept for the range that is read next.
     *
     * @return whether its snapshot must not be taken before all transactions that are in progress now are over
     */
    public boolean beginReading() {
        abandon();
        Reading begun = new Reading(leftOut, forgotten);
        leftOut = new HashSet<>();
        forgotten = false;
        reading = begun;
        return begun.waits;
    }

    /** The reading has come to nothing; what was kept was left out, then. */
    public void abandon() {
        Reading open = reading;
        if (open != null) {
            reading = null;
            forgotten |= open.waits;
            leaveOut(open.leftOutBefore);
            open.kept.forEach(change -> leaveOut(Set.of(change.transactionId())));
        }
    }

    /**
     * What has to be added to the rows that were read.
     *
     * @return null if the reading does not count
     */
    public @Nullable List<HistoryCorrection> missing(long sinceMicros, TransactionSnapshot visible) {
        Reading open = reading;
        if (open == null || open.broken || !open.leftOutBefore.stream().allMatch(visible::contains)) {
            return null;
        }
        return open.kept.stream()
                .filter(change -> change.minuteMicros() >= sinceMicros && !visible.contains(change.transactionId()))
                .toList();
    }

    /** The range was read and is part of history now. */
    public void read(Range range, boolean older) {
        Reading open = reading;
        reading = null;
        if (open != null && older) {
            open.kept.stream()
                    .filter(change -> change.minuteMicros() < range.sinceMicros())
                    .forEach(change -> leaveOut(Set.of(change.transactionId())));
        }
        ranges.add(range);
        completeFromMicros = range.sinceMicros();
        more = older;
    }
}
