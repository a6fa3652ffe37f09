package dev.agentpulse.job.backfill;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryParts;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.udf.aggregate.HistoryEvent;
import dev.agentpulse.udf.aggregate.HistoryTotals;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes buckets of events that come in the order of their time. A bucket that is passed is a row, and is handed on to the
 * next longer one; so of each subject one bucket of each length is held.
 */
public final class PastBuckets {

    private static final HistoryBucket[] LENGTHS = HistoryBucket.values();

    private final HistoryTable table;
    private final long untilMicros;
    private final long asOfMicros;
    private final RowWriter writer;
    private final List<Map<String, HistoryTotals>> held = new ArrayList<>();
    private final long[] starts = new long[LENGTHS.length];

    /** Takes a row. */
    public interface RowWriter {
        void write(HistoryRow row) throws SQLException, InterruptedException;
    }

    /**
     * @param untilMicros a bucket that ends later is not whole, and no row is made of it
     * @param asOfMicros the time of the rows
     */
    public PastBuckets(HistoryTable table, long untilMicros, long asOfMicros, RowWriter writer) {
        this.table = table;
        this.untilMicros = untilMicros;
        this.asOfMicros = asOfMicros;
        this.writer = writer;
        for (HistoryBucket ignored : LENGTHS) {
            held.add(new TreeMap<>());
        }
    }

    /** Puts in an event that is no earlier than the last one. */
    public void add(String subject, HistoryEvent event) throws SQLException, InterruptedException {
        pass(event.timeMicros());
        for (HistoryBucket length : LENGTHS) {
            starts[length.place()] = length.startOf(event.timeMicros());
        }
        event.addTo(held.get(0).computeIfAbsent(subject, name -> table.newTotals()), 1);
    }

    /** No event comes any more. */
    public void end() throws SQLException, InterruptedException {
        pass(Long.MAX_VALUE);
    }

    private void pass(long timeMicros) throws SQLException, InterruptedException {
        for (HistoryBucket length : LENGTHS) {
            Map<String, HistoryTotals> ended = held.get(length.place());
            long start = starts[length.place()];
            // What is longer ends no earlier, and what ends is in it.
            if (start + length.lengthMicros() > timeMicros) {
                return;
            }
            for (Map.Entry<String, HistoryTotals> subject : ended.entrySet()) {
                if (start + length.lengthMicros() <= untilMicros) {
                    HistoryParts parts = HistoryParts.of(table, subject.getValue());
                    writer.write(new HistoryRow(table, subject.getKey(), length, start, asOfMicros, parts));
                }
                if (length != HistoryBucket.DAY) {
                    held.get(length.place() + 1)
                            .computeIfAbsent(subject.getKey(), name -> table.newTotals())
                            .add(subject.getValue());
                }
            }
            ended.clear();
        }
    }
}
