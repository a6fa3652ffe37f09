package dev.agentpulse.job.sink;

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
 */
final class BegunTick {

    private List<Entry> entries = new ArrayList<>();

    /**
     * A record as it came.
     *
     * @param timeMicros its timestamp: after the last tick and not after its own
     */
    record Entry(long timeMicros, TickRecord record) {}

    void add(long timeMicros, TickRecord record) {
        entries.add(new Entry(timeMicros, record));
    }

    void addAll(List<Entry> restored) {
        entries.addAll(restored);
    }

    /** What waits, in the order in which it came. */
    List<Entry> entries() {
        return List.copyOf(entries);
    }

    /**
     * Takes out the tick that a watermark closes.
     *
     * @return null for a watermark that is no tick of the clock's: the end of the input
     */
    @Nullable
    Tick close(long watermarkMicros) {
        Tick tick = new Tick();
        List<Entry> later = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.timeMicros() <= watermarkMicros) {
                tick.add(entry.record());
            } else {
                later.add(entry);
            }
        }
        TickProgress progress = tick.progress;
        if (progress == null || progress.asOfMicros() != watermarkMicros) {
            return null;
        }
        entries = later;
        return tick;
    }
}
