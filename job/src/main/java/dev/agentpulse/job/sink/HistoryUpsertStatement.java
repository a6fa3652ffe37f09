package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.HistoryRow;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows of a history table as wholes, where history is complete. */
final class HistoryUpsertStatement extends BatchStatement<WrittenHistory<HistoryRow>> {

    static final int KEYS = 3;

    private final String sql;

    /** @param everywhere whether rows are written where history is not complete yet, too */
    HistoryUpsertStatement(HistoryColumns of, boolean everywhere) {
        super(of.qualifiedName(), KEYS, allColumns(of));
        String replaced = columns().subList(KEYS, columns().size()).stream()
                .map(column -> column.name() + " = EXCLUDED." + column.name())
                .collect(Collectors.joining(", "));
        sql = "INSERT INTO " + of.qualifiedName() + " (" + names() + ") SELECT " + names() + " FROM " + source()
                + (everywhere ? "" : " WHERE " + of.follows("r.bucket", "r.bucket_start")) + " ON CONFLICT (" + of.key()
                + ", zone) DO UPDATE SET " + replaced;
    }

    /** All columns that a row gets, but for those of its corrections. */
    static List<Column<WrittenHistory<HistoryRow>>> allColumns(HistoryColumns of) {
        List<Column<WrittenHistory<HistoryRow>>> columns = new ArrayList<>(List.of(
                Column.text(of.table().subject(), row -> row.what().subject()),
                Column.text("bucket", row -> row.what().bucket().text()),
                Column.time("bucket_start", row -> row.what().startMicros()),
                Column.time("bucket_end", row -> row.what().endMicros()),
                Column.bool("final", row -> row.what().isEnded()),
                Column.time("as_of", row -> row.what().asOfMicros()),
                WrittenHistory.lsnColumn()));
        of.derived()
                .forEach(derived -> columns.add(new Column<>(derived.column(), derived.type(), row -> derived.value()
                        .apply(row.what().parts()))));
        return WrittenHistory.columns(columns, WrittenHistory.partColumns(of, HistoryRow::parts));
    }

    @Override
    String sql() {
        return sql;
    }
}
