package dev.agentpulse.bench.flink;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import org.apache.flink.streaming.api.functions.windowing.WindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * The figures of an agent's window.
 *
 * @param windowEndMillis since 1970
 * @param latencySum milliseconds
 */
public record AgentWindow(
        String agent,
        String windowName,
        long windowEndMillis,
        long queryCount,
        long latencySum,
        long maxLatencyMillis,
        long slowQueryCount,
        long approvedCount) {

    static String upsertInto(String schema) {
        return "INSERT INTO " + schema + ".agent_window (agent, window_name, window_end, query_count, latency_sum,"
                + " max_latency_ms, slow_query_count, approved_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (agent, window_name) DO UPDATE SET window_end = excluded.window_end,"
                + " query_count = excluded.query_count, latency_sum = excluded.latency_sum,"
                + " max_latency_ms = excluded.max_latency_ms, slow_query_count = excluded.slow_query_count,"
                + " approved_count = excluded.approved_count";
    }

    static void set(PreparedStatement upsert, AgentWindow row) throws SQLException {
        upsert.setString(1, row.agent);
        upsert.setString(2, row.windowName);
        upsert.setObject(3, Instant.ofEpochMilli(row.windowEndMillis).atOffset(ZoneOffset.UTC));
        upsert.setLong(4, row.queryCount);
        upsert.setLong(5, row.latencySum);
        upsert.setLong(6, row.maxLatencyMillis);
        upsert.setLong(7, row.slowQueryCount);
        upsert.setLong(8, row.approvedCount);
    }

    /** Says whose the figures are, which are in the order that {@link QuerySums} has. */
    static final class Named implements WindowFunction<long[], AgentWindow, String, TimeWindow> {

        private static final long serialVersionUID = 1L;

        private final String windowName;

        Named(String windowName) {
            this.windowName = windowName;
        }

        @Override
        public void apply(String agent, TimeWindow window, Iterable<long[]> sums, Collector<AgentWindow> rows) {
            for (long[] all : sums) {
                rows.collect(
                        new AgentWindow(agent, windowName, window.getEnd(), all[0], all[1], all[2], all[3], all[4]));
            }
        }
    }
}
