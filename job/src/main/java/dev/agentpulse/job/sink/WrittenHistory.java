package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.HistoryParts;
import dev.agentpulse.job.model.TickProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A row of history, or a correction of one, with the tick that writes it.
 *
 * @param what the row or the correction
 */
record WrittenHistory<H>(H what, TickProgress tick) {

    static <H> List<WrittenHistory<H>> all(List<H> what, TickProgress tick) {
        return what.stream().map(one -> new WrittenHistory<>(one, tick)).toList();
    }

    /** The columns of the parts. */
    static <H> List<Column<WrittenHistory<H>>> partColumns(HistoryColumns columns, Function<H, HistoryParts> parts) {
        Function<WrittenHistory<H>, HistoryParts> of = written -> parts.apply(written.what());
        List<Column<WrittenHistory<H>>> made = new ArrayList<>();
        for (String count : columns.table().counts()) {
            int place = made.size();
            made.add(Column.bigint(count, row -> of.apply(row).counts()[place]));
        }
        made.add(Column.bigint(HistoryColumns.PURGED, row -> of.apply(row).purgedRows()));
        for (int i = 0; i < columns.sums().size(); i++) {
            int place = i;
            made.add(Column.numeric(
                    columns.sums().get(i), row -> of.apply(row).sums()[place].toPlainString()));
        }
        for (HistoryColumns.Spread spread : columns.spreads()) {
            made.add(new Column<>(spread.values(), spread.type() + "[]", row -> spread.valuesOf()
                    .apply(of.apply(row))));
            made.add(new Column<>(
                    spread.times(), "integer[]", row -> spread.timesOf().apply(of.apply(row))));
        }
        return made;
    }

    /** Where the log stands with the tick. */
    static <H> Column<WrittenHistory<H>> lsnColumn() {
        return new Column<>("commit_lsn", "pg_lsn", row -> LogSequenceNumber.valueOf(
                        row.tick().lsn())
                .asString());
    }

    static <R> List<Column<R>> columns(List<Column<R>> first, List<Column<R>> more) {
        return Stream.concat(first.stream(), more.stream()).toList();
    }
}
