package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.HistoryCorrection;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the writer has received and no watermark has closed yet.
 *
 * <p>Operators do not keep step: one may emit records of the next tick before the others are done with this one. So each
 * record is assigned by its Flink timestamp, the log's time that it belongs to, and one that is early waits. Were it
 * written early, a reader would see two times in one picture; and after a restart it would be lost, because the tick in which it
 * then comes has been written already and is left out.
 *
 * <p>A transaction may have any number of messages and alert steps, and touch any number of agents and annotators. When
 * many records wait, {@link #takeForStaging} takes them away to be staged (see {@link StagedRecords}). A tick of which a
 * part was staged is staged as a whole, so that its records keep their order: that is what {@link Closed#toStage} is for.
 */
final class BegunTick {

    private static final int MANY_EVENTS = 20_000;

    /** A kilobyte each, at most. */
    private static final int MANY_ROWS = 60_000;

    private static final long MANY_CHARACTERS = 8_000_000;

    private static final int CHARACTERS_OF_A_VALUE = 4;

    /** By time: a tick takes the earliest, and must not touch what waits behind it, which is much where the log is behind. */
    private final NavigableMap<Long, List<Arrived>> waiting = new TreeMap<>();

    private long arrivals;
    private int events;
    private int rows;
    private long characters;

    // Times of what was staged and is not closed yet, from the first to the last; nothing if the first is the greatest.
    private long stagedFrom = Long.MAX_VALUE;
    private long stagedUntil = Long.MIN_VALUE;

    /** Times of the rows among it. */
    private final NavigableSet<Long> stagedRowTimes = new TreeSet<>();

    /**
     * A record as it came.
     *
     * @param timeMicros its timestamp: after the last tick and not after its own
     */
    record Entry(long timeMicros, TickRecord record) {

        boolean isEvent() {
            HistoryCorrection history = record.historyChange();
            return record.message() != null
                    || record.alert() != null
                    || (history != null && history.kind() != HistoryCorrection.Kind.BEGIN);
        }

        /** Whether it is the row of one agent or annotator, of whom there may be any number. */
        boolean isRow() {
            return record.performance() != null
                    || record.health() != null
                    || record.annotator() != null
                    || record.history() != null
                    || record.outlook() != null;
        }

        private boolean mayBeMany() {
            return isEvent() || isRow();
        }

        private int characters() {
            ChannelMessage message = record.message();
            AlertChange alert = record.alert();
            HistoryRow history = record.history();
            if (history != null) {
                return history.parts().size() * CHARACTERS_OF_A_VALUE;
            }
            return message != null
                    ? message.payloadJson().length()
                    : alert != null && alert.detailsJson() != null
                            ? alert.detailsJson().length()
                            : 0;
        }
    }

    /** @param number of those that came before it */
    private record Arrived(long number, Entry entry) {}

    /**
     * A tick that is complete.
     *
     * @param toStage what is left to be staged of it, if it has to be: nothing that may be many is in the tick then
     */
    record Closed(Tick tick, List<Entry> toStage) {}

    void add(long timeMicros, TickRecord record) {
        add(new Entry(timeMicros, record));
    }

    private void add(Entry entry) {
        waiting.computeIfAbsent(entry.timeMicros(), time -> new ArrayList<>()).add(new Arrived(arrivals++, entry));
        count(entry, 1);
    }

    private void count(Entry entry, int times) {
        characters += (long) times * entry.characters();
        if (entry.isEvent()) {
            events += times;
        }
        if (entry.isRow()) {
            rows += times;
        }
    }

    /** @param mayBeStaged whether parts of it may have been staged before */
    void restore(List<Entry> restored, boolean mayBeStaged) {
        restored.forEach(this::add);
        if (mayBeStaged) {
            stagedFrom = Long.MIN_VALUE;
        }
    }

    /** What waits, in the order in which it came. */
    List<Entry> entries() {
        return inOrder(waiting);
    }

    private static List<Entry> inOrder(NavigableMap<Long, List<Arrived>> some) {
        return some.values().stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingLong(Arrived::number))
                .map(Arrived::entry)
                .toList();
    }

    /** Whether so much waits that it ought to be staged. */
    boolean hasMany() {
        return events >= MANY_EVENTS || rows >= MANY_ROWS || characters >= MANY_CHARACTERS;
    }

    /** Takes away what may be many, to be staged. */
    List<Entry> takeForStaging() {
        List<Entry> taken = inOrder(waiting).stream().filter(Entry::mayBeMany).toList();
        for (Entry entry : taken) {
            noteRow(entry);
            count(entry, -1);
            stagedFrom = Math.min(stagedFrom, entry.timeMicros());
            stagedUntil = Math.max(stagedUntil, entry.timeMicros());
        }
        waiting.values().removeIf(ofATime -> {
            ofATime.removeIf(arrived -> arrived.entry().mayBeMany());
            return ofATime.isEmpty();
        });
        return taken;
    }

    private void noteRow(Entry entry) {
        if (entry.isRow()) {
            stagedRowTimes.add(entry.timeMicros());
        }
    }

    /**
     * Takes out the tick that a watermark closes.
     *
     * @return null for a watermark that is no tick of the clock's: the end of the input
     */
    @Nullable
    Closed close(long watermarkMicros) {
        Tick tick = new Tick();
        tick.staged = stagedFrom <= watermarkMicros;
        List<Entry> toStage = new ArrayList<>();
        NavigableMap<Long, List<Arrived>> closing = waiting.headMap(watermarkMicros, true);
        List<Entry> closed = inOrder(closing);
        for (Entry entry : closed) {
            if (tick.staged && entry.mayBeMany()) {
                toStage.add(entry);
                noteRow(entry);
            } else {
                tick.add(entry.record());
            }
        }
        TickProgress progress = tick.progress;
        if (progress == null || progress.asOfMicros() != watermarkMicros) {
            return null;
        }
        closing.clear();
        closed.forEach(entry -> count(entry, -1));
        if (tick.staged) {
            NavigableSet<Long> rowTimes = stagedRowTimes.headSet(watermarkMicros, true);
            tick.stagedRowTimes.addAll(rowTimes);
            rowTimes.clear();
            stagedFrom = stagedUntil > watermarkMicros ? watermarkMicros + 1 : Long.MAX_VALUE;
        }
        return new Closed(tick, toStage);
    }
}
