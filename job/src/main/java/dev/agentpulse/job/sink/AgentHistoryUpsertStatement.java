package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AgentHistoryRow;
import dev.agentpulse.job.model.HistoryParts;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows of {@code agent_performance_history} as wholes, where history is complete. */
final class AgentHistoryUpsertStatement extends BatchStatement<WrittenHistory<AgentHistoryRow>> {

    private static final int KEYS = 3;

    private final String sql;

    /** @param slowMs a query is slow if it took longer than this */
    AgentHistoryUpsertStatement(int slowMs) {
        super(
                HistorySql.TABLE,
                KEYS,
                WrittenHistory.columns(
                        List.of(
                                Column.text("agent", row -> row.what().agent()),
                                Column.text("bucket", row -> row.what().bucket().text()),
                                Column.time("bucket_start", row -> row.what().startMicros()),
                                Column.time("bucket_end", row -> row.what().endMicros()),
                                Column.bool("final", row -> row.what().isEnded()),
                                Column.time("as_of", row -> row.what().asOfMicros()),
                                Column.integer(
                                        "max_latency_ms",
                                        row -> percentile(row.what().parts(), 100)),
                                Column.integer(
                                        "p50_latency_ms",
                                        row -> percentile(row.what().parts(), 50)),
                                Column.integer(
                                        "p95_latency_ms",
                                        row -> percentile(row.what().parts(), 95)),
                                Column.integer(
                                        "p99_latency_ms",
                                        row -> percentile(row.what().parts(), 99)),
                                Column.bigint(
                                        "slow_query_count",
                                        row -> slow(row.what().parts(), slowMs)),
                                WrittenHistory.lsnColumn()),
                        WrittenHistory.partColumns(AgentHistoryRow::parts)));
        String replaced = columns().subList(KEYS, columns().size()).stream()
                .map(column -> column.name() + " = EXCLUDED." + column.name())
                .collect(Collectors.joining(", "));
        sql = "INSERT INTO " + HistorySql.TABLE + " (" + names() + ") SELECT " + names() + " FROM " + source()
                + " WHERE bucket_start >= " + HistorySql.completeFrom("r.bucket") + " ON CONFLICT (" + HistorySql.KEY
                + ") DO UPDATE SET " + replaced;
    }

    @Override
    String sql() {
        return sql;
    }

    /** As {@code percentile_disc}: the smallest latency with at least that share at or below it. */
    private static @Nullable Integer percentile(HistoryParts parts, int percent) {
        if (parts.latencyCount() <= 0) {
            return null;
        }
        long upTo = 0;
        for (int i = 0; i < parts.latencyValues().length; i++) {
            upTo += parts.latencyCounts()[i];
            if (100 * upTo >= percent * parts.latencyCount()) {
                return parts.latencyValues()[i];
            }
        }
        return null;
    }

    private static long slow(HistoryParts parts, int slowMs) {
        long slow = 0;
        for (int i = 0; i < parts.latencyValues().length; i++) {
            if (parts.latencyValues()[i] > slowMs) {
                slow += parts.latencyCounts()[i];
            }
        }
        return slow;
    }
}
