package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the writer has received and no watermark has closed yet.
 *
 * <p>Operators do not keep step: one may emit records of the next tick before the others are done with this one. So each
 * record is assigned by its Flink timestamp, the log's time that it belongs to, and one that is early waits. Were it
 * written early, a reader would see two times in one picture; and after a restart it would be lost, because the tick in which it
 * then comes has been written already and is left out.
 *
 * <p>A transaction may have any number of messages and alert steps. When many wait, {@link #takeEvents} takes them away to
 * be staged (see {@link StagedRecords}). A tick of which a part was staged is staged as a whole, so that its messages keep
 * their order: that is what {@link Closed#events} is for.
 */
final class BegunTick {

    private static final int MANY_EVENTS = 20_000;
    private static final long MANY_CHARACTERS = 8_000_000;

    private List<Entry> entries = new ArrayList<>();
    private int events;
    private long characters;

    // Times of what was staged and is not closed yet, from the first to the last; nothing if the first is the greatest.
    private long stagedFrom = Long.MAX_VALUE;
    private long stagedUntil = Long.MIN_VALUE;

    /**
     * A record as it came.
     *
     * @param timeMicros its timestamp: after the last tick and not after its own
     */
    record Entry(long timeMicros, TickRecord record) {

        boolean isEvent() {
            return record.message() != null || record.alert() != null;
        }

        private int characters() {
            ChannelMessage message = record.message();
            AlertChange alert = record.alert();
            return message != null
                    ? message.payloadJson().length()
                    : alert != null && alert.detailsJson() != null
                            ? alert.detailsJson().length()
                            : 0;
        }
    }

    /**
     * A tick that is complete.
     *
     * @param events its messages and alert steps, if it has to be staged; they are not in the tick then
     */
    record Closed(Tick tick, List<Entry> events) {}

    void add(long timeMicros, TickRecord record) {
        add(new Entry(timeMicros, record));
    }

    private void add(Entry entry) {
        entries.add(entry);
        if (entry.isEvent()) {
            events++;
            characters += entry.characters();
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
        return List.copyOf(entries);
    }

    /** Whether so many messages and alert steps wait that they ought to be staged. */
    boolean hasManyEvents() {
        return events >= MANY_EVENTS || characters >= MANY_CHARACTERS;
    }

    /** Takes the messages and alert steps away, to be staged. */
    List<Entry> takeEvents() {
        List<Entry> taken = new ArrayList<>();
        List<Entry> others = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.isEvent()) {
                taken.add(entry);
                stagedFrom = Math.min(stagedFrom, entry.timeMicros());
                stagedUntil = Math.max(stagedUntil, entry.timeMicros());
            } else {
                others.add(entry);
            }
        }
        keep(others);
        return taken;
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
        List<Entry> ofTheTick = new ArrayList<>();
        List<Entry> later = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.timeMicros() > watermarkMicros) {
                later.add(entry);
            } else if (tick.staged && entry.isEvent()) {
                ofTheTick.add(entry);
            } else {
                tick.add(entry.record());
            }
        }
        TickProgress progress = tick.progress;
        if (progress == null || progress.asOfMicros() != watermarkMicros) {
            return null;
        }
        keep(later);
        if (tick.staged) {
            stagedFrom = stagedUntil > watermarkMicros ? watermarkMicros + 1 : Long.MAX_VALUE;
        }
        return new Closed(tick, ofTheTick);
    }

    private void keep(List<Entry> kept) {
        entries = new ArrayList<>();
        events = 0;
        characters = 0;
        kept.forEach(this::add);
    }
}
