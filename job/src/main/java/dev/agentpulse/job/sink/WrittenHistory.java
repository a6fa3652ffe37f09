package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AgentHistoryChange;
import dev.agentpulse.job.model.AgentHistoryRow;
import dev.agentpulse.job.model.HistoryParts;
import dev.agentpulse.job.model.TickProgress;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A row of history, or a correction of one, with the tick that writes it.
 *
 * @param what the row or the correction
 */
record WrittenHistory<H>(H what, TickProgress tick) {

    static List<WrittenHistory<AgentHistoryRow>> rows(List<AgentHistoryRow> rows, TickProgress tick) {
        return rows.stream().map(row -> new WrittenHistory<>(row, tick)).toList();
    }

    static List<WrittenHistory<AgentHistoryChange>> changes(List<AgentHistoryChange> changes, TickProgress tick) {
        return changes.stream()
                .map(change -> new WrittenHistory<>(change, tick))
                .toList();
    }

    /** The columns of the parts. */
    static <H> List<Column<WrittenHistory<H>>> partColumns(Function<H, HistoryParts> parts) {
        Function<WrittenHistory<H>, HistoryParts> of = written -> parts.apply(written.what());
        return List.of(
                Column.bigint("query_count", row -> of.apply(row).queryCount()),
                Column.bigint("latency_count", row -> of.apply(row).latencyCount()),
                Column.bigint("latency_sum_ms", row -> of.apply(row).latencySumMs()),
                integers("latency_values", row -> of.apply(row).latencyValues()),
                integers("latency_counts", row -> of.apply(row).latencyCounts()),
                Column.bigint("approved_count", row -> of.apply(row).approvedCount()),
                Column.bigint("rejected_count", row -> of.apply(row).rejectedCount()),
                Column.bigint("human_edited_count", row -> of.apply(row).humanEditedCount()),
                Column.bigint("purged_rows", row -> of.apply(row).purgedRows()));
    }

    /** Where the log stands with the tick. */
    static <H> Column<WrittenHistory<H>> lsnColumn() {
        return new Column<>("commit_lsn", "pg_lsn", row -> LogSequenceNumber.valueOf(
                        row.tick().lsn())
                .asString());
    }

    private static <R> Column<R> integers(String name, Function<R, int[]> values) {
        return new Column<>(name, "integer[]", row -> Arrays.stream(values.apply(row))
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(",", "{", "}")));
    }

    static <R> List<Column<R>> columns(List<Column<R>> first, List<Column<R>> more) {
        return Stream.concat(first.stream(), more.stream()).toList();
    }
}
