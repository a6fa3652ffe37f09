package dev.agentpulse.job.backfill;

import dev.agentpulse.job.model.HistoryBucket;
import dev.agentpulse.job.model.HistoryParts;
import dev.agentpulse.job.model.HistoryRow;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.udf.aggregate.HistoryTotals;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QueryHistory;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes buckets of queries that come in the order of their time. A bucket that is passed is a row, and is handed on to the
 * next longer one; so of each agent one bucket of each length is held.
 */
public final class PastBuckets {

    private static final HistoryTable TABLE = HistoryTable.AGENTS;
    private static final HistoryBucket[] LENGTHS = HistoryBucket.values();

    private final long untilMicros;
    private final long asOfMicros;
    private final RowWriter writer;
    private final List<Map<String, HistoryTotals>> held = new ArrayList<>();
    private final long[] starts = new long[LENGTHS.length];

    /** Takes a row. */
    public interface RowWriter {
        void write(HistoryRow row) throws SQLException;
    }

    /**
     * @param untilMicros a bucket that ends later is not whole, and no row is made of it
     * @param asOfMicros the time of the rows
     */
    public PastBuckets(long untilMicros, long asOfMicros, RowWriter writer) {
        this.untilMicros = untilMicros;
        this.asOfMicros = asOfMicros;
        this.writer = writer;
        for (HistoryBucket ignored : LENGTHS) {
            held.add(new TreeMap<>());
        }
    }

    /** Puts in a query that was created no earlier than the last one. */
    public void add(String agent, QueryEvent query) throws SQLException {
        pass(query.timeMicros());
        for (HistoryBucket length : LENGTHS) {
            starts[length.place()] = length.startOf(query.timeMicros());
        }
        new QueryHistory(query).addTo(held.get(0).computeIfAbsent(agent, name -> TABLE.newTotals()), 1);
    }

    /** No query comes any more. */
    public void end() throws SQLException {
        pass(Long.MAX_VALUE);
    }

    private void pass(long timeMicros) throws SQLException {
        for (HistoryBucket length : LENGTHS) {
            Map<String, HistoryTotals> ended = held.get(length.place());
            long start = starts[length.place()];
            // What is longer ends no earlier, and what ends is in it.
            if (start + length.lengthMicros() > timeMicros) {
                return;
            }
            for (Map.Entry<String, HistoryTotals> agent : ended.entrySet()) {
                if (start + length.lengthMicros() <= untilMicros) {
                    HistoryParts parts = HistoryParts.of(TABLE, agent.getValue());
                    writer.write(new HistoryRow(TABLE, agent.getKey(), length, start, asOfMicros, parts));
                }
                if (length != HistoryBucket.DAY) {
                    held.get(length.place() + 1)
                            .computeIfAbsent(agent.getKey(), name -> TABLE.newTotals())
                            .add(agent.getValue());
                }
            }
            ended.clear();
        }
    }
}
