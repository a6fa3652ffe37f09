package dev.agentpulse.job.history;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryParts;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.tick.TickOutput;
import dev.agentpulse.udf.aggregate.HistoryEvent;
import dev.agentpulse.udf.aggregate.HistoryTotals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The open history of one key. Whether a bucket is open for a change, or has ended, follows from the time of the change's
 * transaction, not from the tick that happens to be cut before it, so that a replay with other ticks makes the same of it.
 *
 * <p>A change goes into one bucket only: the shortest open one that its row lies in. When a bucket ends, what it holds is
 * its figures, and is handed on to the next longer one. So the figures of an open bucket are what it holds and what the
 * shorter ones in it do. For the buckets that have ended there is a correction.
 */
final class OpenBuckets {

    /** At most this long after a change an open bucket's row shows it. */
    static final long REFRESH_MICROS = 30_000_000;

    /** Minutes of one transaction whose corrections are summed up; those beyond are emitted change by change. */
    static final int SUMMED_MINUTES = 120;

    // Measured: 2 kB with a query, 8 kB with 600 different latencies, 33 kB with 3,600.
    private static final int BYTES_OF_KEY = 1_300;
    private static final int BYTES_OF_BUCKET = 300;
    private static final int BYTES_OF_VALUE = 11;

    private static final HistoryBucket[] LENGTHS = HistoryBucket.values();
    private static final long NEVER = Long.MAX_VALUE;

    final HistoryTable table;

    private final String subject;

    private final List<NavigableMap<Long, Bucket>> buckets = new ArrayList<>();

    /** By the time of the transaction and the minute. */
    private final NavigableMap<Long, NavigableMap<Long, HistoryTotals>> corrections = new TreeMap<>();

    /** The ids of the transactions whose corrections are summed up, by their time. */
    private final Map<Long, Integer> transactionIds = new HashMap<>();

    /** Starts of buckets that have ended since {@link #takeGone}, each with its length. */
    private List<BucketKey> gone = new ArrayList<>();

    private long timeMicros;

    /** Since when a change waits to be shown in the row of an open bucket. */
    private long hiddenSinceMicros = NEVER;

    /** A bucket that has not ended, or whose end no tick has passed yet. */
    static final class Bucket {
        HistoryTotals totals;

        /** Whether the next longer one has what it holds, or must not get it. */
        boolean handedOn;

        /** Whether its row does not show it all. */
        boolean hidden = true;

        boolean unstored = true;

        Bucket(HistoryTotals totals) {
            this.totals = totals;
        }
    }

    /** Which bucket it is. */
    record BucketKey(HistoryBucket length, long startMicros) {}

    /** @param key see {@link HistoryTable#key} */
    OpenBuckets(String key) {
        this.table = HistoryTable.ofKey(key);
        this.subject = table.subjectOf(key);
        for (HistoryBucket ignored : LENGTHS) {
            buckets.add(new TreeMap<>());
        }
    }

    /**
     * Puts something in or takes it out, in the buckets that are open, and corrects those that have ended.
     *
     * @param part tells what one change does apart
     */
    void add(HistoryEvent event, int sign, HistoryChange change, int part, TickOutput out) {
        long eventMicros = event.timeMicros();
        // What a snapshot reads was there before anything was written of it.
        int ended = change.snapshot() ? 0 : HistoryBucket.ended(eventMicros, change.timeMicros());
        if (ended > 0) {
            HistoryTotals sum = correction(eventMicros, change);
            if (sum != null) {
                event.addTo(sum, sign);
            } else {
                HistoryTotals single = table.newTotals();
                event.addTo(single, sign);
                emitSingle(single, eventMicros, change, part, out);
            }
        }
        if (ended < LENGTHS.length) {
            Bucket open = open(LENGTHS[ended], eventMicros);
            event.addTo(open.totals, sign);
            noteChange(open, change.timeMicros());
        }
    }

    /** Counts a row that is gone from the table and stays in its buckets, which have all ended. */
    void addPurged(HistoryEvent event, HistoryChange change, int part, TickOutput out) {
        HistoryTotals sum = correction(event.timeMicros(), change);
        if (sum != null) {
            sum.addPurged();
        } else {
            HistoryTotals single = table.newTotals();
            single.addPurged();
            emitSingle(single, event.timeMicros(), change, part, out);
        }
    }

    /** Where a minute's corrections of a transaction are summed up; null if it has too many minutes. */
    private @Nullable HistoryTotals correction(long eventMicros, HistoryChange change) {
        NavigableMap<Long, HistoryTotals> minutes =
                corrections.computeIfAbsent(change.timeMicros(), time -> new TreeMap<>());
        transactionIds.put(change.timeMicros(), change.transactionId());
        long minute = HistoryBucket.MINUTE.startOf(eventMicros);
        HistoryTotals sum = minutes.get(minute);
        if (sum == null && minutes.size() < SUMMED_MINUTES) {
            sum = table.newTotals();
            minutes.put(minute, sum);
        }
        return sum;
    }

    private void emitSingle(HistoryTotals single, long eventMicros, HistoryChange change, int part, TickOutput out) {
        out.emit(
                correctionRecord(
                        single, eventMicros, change.timeMicros(), change.transactionId(), number(change, part)),
                change.timeMicros());
    }

    /** Tells what a change does apart, for all of it may lie in one minute. */
    static long number(HistoryChange change, int part) {
        return 2L * HistoryImage.EVENTS * change.ordinal() + part;
    }

    private TickRecord correctionRecord(
            HistoryTotals sum, long eventMicros, long transactionMicros, int transactionId, long number) {
        return TickRecord.of(new HistoryCorrection(
                HistoryCorrection.Kind.CORRECTION,
                table,
                subject,
                HistoryBucket.MINUTE.startOf(eventMicros),
                HistoryBucket.ended(eventMicros, transactionMicros),
                transactionMicros,
                number,
                transactionId,
                HistoryParts.of(table, sum)));
    }

    private Bucket open(HistoryBucket length, long eventMicros) {
        Bucket found = of(length).get(length.startOf(eventMicros));
        if (found != null) {
            return found;
        }
        Bucket made = new Bucket(table.newTotals());
        of(length).put(length.startOf(eventMicros), made);
        if (length != HistoryBucket.DAY) {
            open(next(length), eventMicros);
        }
        return made;
    }

    private void noteChange(Bucket bucket, long changeMicros) {
        bucket.hidden = true;
        bucket.unstored = true;
        if (hiddenSinceMicros == NEVER) {
            hiddenSinceMicros = changeMicros;
        }
    }

    /**
     * The table was emptied: so are the buckets that are open. Those that have ended are corrected where they are written,
     * with all that was in them before; they only must not hand anything on to one that was open.
     *
     * @param correctedFromMicros rows of minutes that ended up to then are kept in history
     */
    void truncate(long transactionMicros, long correctedFromMicros) {
        for (HistoryBucket length : LENGTHS) {
            SortedMap<Long, Bucket> ended = of(length).headMap(transactionMicros - length.lengthMicros(), true);
            if (length != HistoryBucket.DAY) {
                ended.forEach((start, bucket) -> handOnBefore(length, start, bucket, transactionMicros));
            }
            of(length).tailMap(transactionMicros - length.lengthMicros(), false).forEach((start, bucket) -> {
                bucket.totals = table.newTotals();
                noteChange(bucket, transactionMicros);
            });
        }
        NavigableMap<Long, HistoryTotals> minutes = corrections.get(transactionMicros);
        if (minutes != null) {
            minutes.keySet().removeIf(start -> start + HistoryBucket.MINUTE.lengthMicros() > correctedFromMicros);
        }
    }

    private void handOnBefore(HistoryBucket length, long start, Bucket bucket, long truncateMicros) {
        if (!bucket.handedOn) {
            if (next(length).endOf(start) <= truncateMicros) {
                Bucket longer = open(next(length), start);
                longer.totals.add(bucket.totals);
                longer.unstored = true;
            }
            bucket.handedOn = true;
            bucket.unstored = true;
        }
    }

    /** Forgets everything: the table is read again from the start. */
    void clear() {
        for (HistoryBucket length : LENGTHS) {
            of(length).keySet().forEach(start -> gone.add(new BucketKey(length, start)));
            of(length).clear();
        }
        corrections.clear();
        transactionIds.clear();
        hiddenSinceMicros = NEVER;
    }

    /**
     * Emits corrections, the buckets that have ended, and, once in a while, those that are open and have changed.
     *
     * @param replayedUntilMicros rows of open buckets up to this time may be left out, because a later tick was written
     *     before; so they are emitted again
     */
    long tick(long asOfMicros, long replayedUntilMicros, TickOutput out) {
        corrections.forEach((time, minutes) -> minutes.forEach((minute, sum) -> {
            if (!sum.isZero()) {
                int transactionId = transactionIds.getOrDefault(time, 0);
                out.emit(correctionRecord(sum, minute, time, transactionId, HistoryCorrection.BEHIND_ALL_ROWS), time);
            }
        }));
        corrections.clear();
        transactionIds.clear();
        end(asOfMicros, out);
        if (hiddenSinceMicros != NEVER && asOfMicros - hiddenSinceMicros >= REFRESH_MICROS) {
            refresh(asOfMicros, asOfMicros <= replayedUntilMicros, out);
        }
        return nextDueMicros();
    }

    private void end(long asOfMicros, TickOutput out) {
        for (HistoryBucket length : LENGTHS) {
            NavigableMap<Long, Bucket> held = of(length);
            while (!held.isEmpty() && held.firstKey() + length.lengthMicros() <= asOfMicros) {
                Map.Entry<Long, Bucket> first = held.firstEntry();
                long start = first.getKey();
                Bucket bucket = first.getValue();
                out.emit(row(length, start, bucket.totals, asOfMicros));
                if (length != HistoryBucket.DAY) {
                    Bucket longer = open(next(length), start);
                    if (!bucket.handedOn) {
                        longer.totals.add(bucket.totals);
                        longer.unstored = true;
                    }
                    if (bucket.hidden) {
                        noteChange(longer, asOfMicros);
                    }
                }
                held.remove(start);
                gone.add(new BucketKey(length, start));
            }
        }
        if (of(HistoryBucket.DAY).isEmpty()) {
            hiddenSinceMicros = NEVER;
        }
    }

    private void refresh(long asOfMicros, boolean again, TickOutput out) {
        for (HistoryBucket length : LENGTHS) {
            of(length).forEach((start, bucket) -> {
                if (bucket.hidden && length != HistoryBucket.DAY) {
                    open(next(length), start).hidden = true;
                }
                if (bucket.hidden && start <= asOfMicros) {
                    bucket.hidden = again;
                    out.emit(row(length, start, whole(length, start), asOfMicros));
                }
            });
        }
        hiddenSinceMicros = again ? asOfMicros : NEVER;
    }

    /** What an open bucket and the shorter ones in it hold. */
    private HistoryTotals whole(HistoryBucket length, long start) {
        HistoryTotals whole = table.newTotals();
        for (int i = 0; i <= length.place(); i++) {
            buckets.get(i)
                    .subMap(start, start + length.lengthMicros())
                    .values()
                    .forEach(bucket -> whole.add(bucket.totals));
        }
        return whole;
    }

    private TickRecord row(HistoryBucket length, long start, HistoryTotals totals, long asOfMicros) {
        return TickRecord.of(new HistoryRow(table, subject, length, start, asOfMicros, HistoryParts.of(table, totals)));
    }

    private long nextDueMicros() {
        long due = hiddenSinceMicros == NEVER ? NEVER : hiddenSinceMicros + REFRESH_MICROS;
        for (HistoryBucket length : LENGTHS) {
            if (!of(length).isEmpty()) {
                due = Math.min(due, of(length).firstKey() + length.lengthMicros());
            }
        }
        return due;
    }

    /** About what they take of the heap. */
    int heapBytes() {
        int bytes = BYTES_OF_KEY + buckets.get(0).size() * BYTES_OF_BUCKET;
        // Of minutes there may be any number, of which each holds little.
        for (Map<Long, Bucket> longer : buckets.subList(1, buckets.size())) {
            for (Bucket bucket : longer.values()) {
                bytes += BYTES_OF_BUCKET + bucket.totals.differentValues() * BYTES_OF_VALUE;
            }
        }
        return bytes;
    }

    boolean isEmpty() {
        for (Map<Long, Bucket> held : buckets) {
            if (!held.isEmpty()) {
                return false;
            }
        }
        return corrections.isEmpty();
    }

    long timeMicros() {
        return timeMicros;
    }

    void advanceTo(long toMicros) {
        timeMicros = Math.max(timeMicros, toMicros);
    }

    NavigableMap<Long, NavigableMap<Long, HistoryTotals>> corrections() {
        return corrections;
    }

    /** The ids of their transactions, by time. */
    Map<Long, Integer> transactionIds() {
        return transactionIds;
    }

    NavigableMap<Long, Bucket> of(HistoryBucket length) {
        return buckets.get(length.place());
    }

    /** The buckets that have gone since the last call. */
    List<BucketKey> takeGone() {
        List<BucketKey> taken = gone;
        gone = new ArrayList<>();
        return taken;
    }

    /** After the buckets were read from state: which of them the rows show is not known. */
    void restoreAt(long restoredMicros) {
        timeMicros = restoredMicros;
        hiddenSinceMicros = restoredMicros;
    }

    private static HistoryBucket next(HistoryBucket length) {
        return LENGTHS[length.place() + 1];
    }
}
